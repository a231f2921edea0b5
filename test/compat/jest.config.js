/** The engine tests in the engine that COMPAT_MODULES names: a node_modules folder with n8n-core. */
const {
	testTimeout,
	projects: [, engine],
} = require('../../jest.config.js');

const modules = process.env.COMPAT_MODULES;
if (!modules) throw new Error('Run it by `npm run test:compat`');

/** @type {import('jest').Config} */
module.exports = {
	...engine,
	testTimeout,
	displayName: modules,
	moduleNameMapper: {
		'^n8n-core$': `${modules}/n8n-core`,
		'^n8n-workflow$': `${modules}/n8n-workflow`,
	},
};
