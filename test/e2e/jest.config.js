/** Tests in a real n8n: slow, through `npm run test:e2e`. */
const path = require('node:path');

const [unit] = require('../jest.config.js').projects;

const project = { ...unit, rootDir: path.resolve(__dirname, '../..') };

/** @type {import('jest').Config} */
module.exports = {
	testTimeout: 120_000,
	projects: [
		// What measures how long something takes runs alone.
		{
			...project,
			displayName: 'timing',
			testMatch: ['<rootDir>/test/e2e/{alive,queue}.e2e.cts'],
		},
		{
			...project,
			displayName: 'features',
			testMatch: ['<rootDir>/test/e2e/!(alive|queue).e2e.cts'],
		},
	],
};
