/** Tests in a real n8n: slow, through `npm run test:e2e`. */
const path = require('node:path');

const [unit] = require('../jest.config.js').projects;

const project = { ...unit, rootDir: path.resolve(__dirname, '../..') };

/** What measures how long something takes runs alone. */
const TIMING = ['alive', 'queue'];

/** @type {import('jest').Config} */
module.exports = {
	testTimeout: 120_000,
	projects: [
		{
			...project,
			displayName: 'timing',
			testMatch: TIMING.map((name) => `<rootDir>/test/e2e/${name}.e2e.ts`),
		},
		{
			...project,
			displayName: 'features',
			testMatch: ['<rootDir>/test/e2e/*.e2e.ts'],
			testPathIgnorePatterns: TIMING.map((name) => `/test/e2e/${name}\\.e2e\\.ts$`),
		},
	],
};
