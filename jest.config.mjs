/** One project per cost: unit and laws need nothing; integration and e2e need a real Kafka and a real MongoDB. */
const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.keyflow/'],
  ...extra,
})

export default {
  projects: [
    project('unit', ['**/*.test.ts', '!**/*.{laws,integration,e2e}.test.ts']),
    project('laws', ['**/*.laws.test.ts']),
    project('integration', ['**/*.integration.test.ts']),
    project('e2e', ['**/*.e2e.test.ts']),
  ],
}
