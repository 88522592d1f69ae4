import type { TopicAccess } from '@keyflow/contracts'
import kafkajs, { type AclEntry, type Admin, type Kafka } from 'kafkajs'

// Node sees only some of the names that this CommonJS package exports.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

export interface ApplyAccessOptions {
  /** By principal, e.g. `User:keyflow_ingest`. */
  readonly access: ReadonlyMap<string, TopicAccess>
  /** Of topics and groups. */
  readonly prefix: string
  /** Principals may also write the topics that they read: to publish a dead letter again where it came from. */
  readonly mayRedrive: boolean
  readonly dryRun: boolean
}

export interface AccessChange {
  readonly principal: string
  /** `extra`: somebody else allowed it; it is told of and kept. */
  readonly action: 'allow' | 'keep' | 'extra'
  /** `write topic stripe.events`, for a person. */
  readonly what: string
}

/**
 * Allows each principal what its service needs and nothing else; run again it changes nothing. Takes nothing away: what is
 * allowed beyond the table is listed.
 */
export const applyAccess = async (
  kafka: Kafka,
  options: ApplyAccessOptions,
): Promise<readonly AccessChange[]> => {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const changes: AccessChange[] = []
    for (const [principal, access] of options.access) {
      const wanted = entriesOf(principal, access, options)
      const known = await allowedNow(admin, principal)
      const missing = wanted.filter((entry) => !known.has(wordsOf(entry)))
      if (missing.length > 0 && !options.dryRun) await admin.createAcls({ acl: [...missing] })
      const isWanted = new Set(wanted.map(wordsOf))
      changes.push(
        ...wanted.map((entry) => ({
          principal,
          action: known.has(wordsOf(entry)) ? ('keep' as const) : ('allow' as const),
          what: wordsOf(entry),
        })),
        ...[...known]
          .filter((what) => !isWanted.has(what))
          .map((what) => ({ principal, action: 'extra' as const, what })),
      )
    }
    return changes
  } finally {
    await admin.disconnect()
  }
}

const { READ, WRITE } = AclOperationTypes

/** READ and WRITE bring DESCRIBE along. */
const entriesOf = (
  principal: string,
  { reads, writes, group }: TopicAccess,
  { prefix, mayRedrive }: ApplyAccessOptions,
): readonly AclEntry[] => {
  const allowed = { principal, host: '*', permissionType: AclPermissionTypes.ALLOW }
  const literal = { ...allowed, resourcePatternType: ResourcePatternTypes.LITERAL }
  const onTopic = (operation: number) => (topic: string) => ({
    ...literal,
    resourceType: AclResourceTypes.TOPIC,
    resourceName: `${prefix}${topic}`,
    operation,
  })
  const onGroup = {
    resourceType: AclResourceTypes.GROUP,
    resourceName: `${prefix}${group}`,
    operation: READ,
  }
  return [
    ...reads.map(onTopic(READ)),
    ...[...new Set([...writes, ...(mayRedrive ? reads : [])])].map(onTopic(WRITE)),
    ...(group === null
      ? []
      : [
          { ...literal, ...onGroup },
          {
            ...allowed,
            ...onGroup,
            resourceName: `${prefix}${group}.`,
            resourcePatternType: ResourcePatternTypes.PREFIXED,
          },
        ]),
  ]
}

const allowedNow = async (admin: Admin, principal: string): Promise<ReadonlySet<string>> => {
  const { resources } = await admin.describeAcls({
    principal,
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ALLOW,
  })
  return new Set(
    resources.flatMap(({ acls, ...resource }) => acls.map((acl) => wordsOf({ ...resource, ...acl }))),
  )
}

const nameIn = (names: Readonly<Record<string, string | number>>, value: number): string =>
  (Object.entries(names).find(([, number]) => number === value)?.[0] ?? String(value)).toLowerCase()

const wordsOf = (
  entry: Pick<AclEntry, 'operation' | 'resourceType' | 'resourceName' | 'resourcePatternType'>,
): string =>
  `${nameIn(AclOperationTypes, entry.operation)} ${nameIn(AclResourceTypes, entry.resourceType)} ${entry.resourceName}${
    entry.resourcePatternType === ResourcePatternTypes.PREFIXED ? '*' : ''
  }`
