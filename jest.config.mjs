/** Runs the sources: swc strips the types, nothing is bundled. Started by `npm test`, which also brings Postgres and Redis. */
const swc = (tsx) => ['@swc/jest', {
  jsc: {
    parser: { syntax: 'typescript', tsx },
    target: 'es2024',
    experimental: { keepImportAttributes: true },
    ...(tsx && { transform: { react: { runtime: 'automatic', importSource: '@kitajs/html' } } }),
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
}];

export default {
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  testPathIgnorePatterns: ['/node_modules/', '/.emall/'],
  modulePathIgnorePatterns: ['<rootDir>/.emall/'],
  transform: { '\\.ts$': swc(false), '\\.tsx$': swc(true) },
  transformIgnorePatterns: ['/node_modules/'],
  testEnvironment: 'node',
  globalSetup: '<rootDir>/tests/setup/global.ts',
  globalTeardown: '<rootDir>/tests/setup/teardown.ts',
  reporters: ['default', '<rootDir>/tests/setup/reporter.mjs'],
  maxWorkers: 2,
  // Several times what the longest of them takes, so that a busy machine is not taken for a fault.
  testTimeout: 90_000,
};
