/** Tests in a real n8n: slow, through `npm run test:e2e`. */
const [unit] = require('../../jest.config.js').projects;

/** Files that measure how long something takes run alone. */
const TIMING = ['alive', 'queue'];

/** @type {import('jest').Config} */
module.exports = {
	testTimeout: 120_000,
	projects: [
		{
			...unit,
			displayName: 'timing',
			testMatch: TIMING.map((name) => `<rootDir>/test/e2e/${name}.e2e.ts`),
		},
		{
			...unit,
			displayName: 'features',
			testMatch: ['<rootDir>/test/e2e/*.e2e.ts'],
			testPathIgnorePatterns: TIMING.map((name) => `/test/e2e/${name}\\.e2e\\.ts$`),
		},
	],
};
