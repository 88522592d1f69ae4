// The health check: begins the replica set where there is none, and is content once the node may be written to.
const host = 'mongo:27017'
try {
  rs.status()
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error
  rs.initiate({ _id: 'rs0', members: [{ _id: 0, host }] })
}
if (!db.hello().isWritablePrimary) quit(1)
