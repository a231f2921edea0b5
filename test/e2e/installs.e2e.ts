/**
 * Every place from which n8n loads a package: its folder of community packages, its folder for custom
 * nodes (where `n8n-node dev` links one), and a folder that N8N_CUSTOM_EXTENSIONS names.
 */

import path from 'node:path';

import { NODE_TYPE } from '../../scripts/n8n/content';
import { installPackage, unpackPackage } from '../../scripts/n8n/pack';
import { rowsOf } from './executions';
import {
	chain,
	createWorld,
	execute,
	INSTALL_TIMEOUT_MS,
	LOOKUP,
	manual,
	type WorldOptions,
} from './harness';

const ON_ERROR = 'continueRegularOutput' as const;
const CUSTOM_TYPE = 'CUSTOM.greenApiLookup';
const extensions = (userFolder: string) => path.join(userFolder, 'extensions');
const custom = (userFolder: string) => path.join(userFolder, '.n8n', 'custom', 'green-api-lookup');

test.each<[string, string, WorldOptions]>([
	['nodes/node_modules', NODE_TYPE, { install: installPackage }],
	['custom', CUSTOM_TYPE, { install: (folder) => unpackPackage(custom(folder)) }],
	[
		'N8N_CUSTOM_EXTENSIONS',
		CUSTOM_TYPE,
		{
			install: (folder) => unpackPackage(extensions(folder)),
			env: (folder) => ({ N8N_CUSTOM_EXTENSIONS: extensions(folder) }),
		},
	],
])(
	'from %s a list is answered',
	async (_place, type, options) => {
		const items = ['79876543210', '79876543211', 'nobody'].map((phone) => ({ phone }));
		const parameters = {
			resource: 'whatsapp',
			operation: 'checkAccount',
			phoneNumber: '={{ $json.phone }}',
		};
		const lookup = { name: LOOKUP, type: NODE_TYPE, parameters, onError: ON_ERROR };
		const workflow = chain('list', ...manual(items), lookup);
		for (const node of workflow.nodes) if (node.type === NODE_TYPE) node.type = type;
		const world = await createWorld({ ...options, workflows: [workflow], isNotStarted: true });
		try {
			const run = await execute(world, 'list');

			expect(run.resultData.error).toBeUndefined();
			expect(rowsOf(run, LOOKUP)).toMatchObject([
				{ phoneNumber: '79876543210', exists: true },
				{ phoneNumber: '79876543211', exists: false },
				{ phoneNumber: 'nobody', exists: null, error: { code: 'invalidPhoneNumber' } },
			]);
		} finally {
			await world.close();
		}
	},
	INSTALL_TIMEOUT_MS,
);
