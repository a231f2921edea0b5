/**
 * Unit tests, and the engine tests twice: in the newest engine and in the oldest that the README
 * names, so that rows mean the same in both.
 */
const path = require('node:path');

const common = {
	rootDir: path.resolve(__dirname, '..'),
	testEnvironment: 'node',
	moduleFileExtensions: ['ts', 'js', 'json', 'node'],
	transform: {
		'\\.ts$': [
			'@swc/jest',
			{
				jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022' },
				module: { type: 'commonjs' },
			},
		],
	},
	cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};
const engine = { ...common, testMatch: ['<rootDir>/test/engine/**/*.test.ts'] };
const oldest = '<rootDir>/node_modules/n8n-core-oldest';

/** @type {import('jest').Config} */
module.exports = {
	// A bound for what never ends: on a busy machine some tests take ten times as long.
	testTimeout: 60_000,
	projects: [
		{ ...common, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
		{ ...engine, displayName: 'n8n-core 2.41.0' },
		{
			...engine,
			displayName: 'n8n-core 1.84.0',
			moduleNameMapper: {
				'^n8n-core$': oldest,
				'^n8n-workflow$': `${oldest}/node_modules/n8n-workflow`,
			},
		},
	],
};
