// Runs once, on an empty volume: a user for each service, which may use the service's own database and nothing else.
for (const service of ['licensing', 'dunning', 'notifier', 'outbound'])
  db.getSiblingDB('admin').createUser({
    user: `keyflow_${service}`,
    pwd: process.env[`KEYFLOW_${service.toUpperCase()}_PASSWORD`],
    roles: [
      { role: 'readWrite', db: `keyflow_${service}` },
      { role: 'dbAdmin', db: `keyflow_${service}` },
    ],
  })
