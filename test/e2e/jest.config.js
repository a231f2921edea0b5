/** Tests in a real n8n: slow, one after the other, through `npm run test:e2e`. */
const path = require('node:path');

const [unit] = require('../jest.config.js').projects;

/** @type {import('jest').Config} */
module.exports = {
	...unit,
	displayName: 'n8n',
	rootDir: path.resolve(__dirname, '../..'),
	testMatch: ['<rootDir>/test/e2e/**/*.e2e.cts'],
	maxWorkers: 1,
	testTimeout: 120_000,
};
