/** Every example as people see it after the import: complete, legible, and with a picture for the README. */

import { exampleWorkflows } from '../../scripts/n8n/content';
import { Editor, type Box } from './editor';
import { createWorld, INSTALL_TIMEOUT_MS, type World } from './harness';

const NOTE = 'n8n-nodes-base.stickyNote';

/** Pixels: what the README can show without making the writing too small to read. */
const WINDOW_WIDTH = 1600;

const EXAMPLES = exampleWorkflows();

/** Nodes for which a credential of another service has to be chosen, by example. */
const OTHER_SERVICES: Readonly<Record<string, readonly string[]>> = {
	'ai-agent': ['OpenAI Chat Model'],
	'crm-webhook': ['Contact created or changed', 'Update the CRM'],
	'mcp-server': ['MCP Server Trigger'],
	'nightly-enrichment': ['Next 200 contacts', 'Save answers', 'Save failures'],
};

let world: World;
let editor: Editor;

beforeAll(async () => {
	world = await createWorld({ workflows: EXAMPLES });
	editor = await Editor.open(world.n8n, WINDOW_WIDTH);
}, INSTALL_TIMEOUT_MS);

afterAll(async () => {
	await editor?.close();
	await world?.close();
});

interface NodeType {
	readonly name: string;
	readonly version: number | number[];
}

test('every node of the examples is one that this n8n has', async () => {
	const { body } = await world.n8n.rest('GET', '/types/nodes.json');
	const known = (body as NodeType[]).flatMap(({ name, version }) =>
		[version].flat().map((each) => `${name} ${each}`),
	);
	const used = EXAMPLES.flatMap(({ nodes }) =>
		nodes.map(({ type, typeVersion }) => `${type} ${typeVersion}`),
	);

	expect(known).toEqual(expect.arrayContaining([...new Set(used)]));
});

describe.each(EXAMPLES)('$id', ({ id, nodes }) => {
	beforeAll(async () => {
		await editor.openWorkflow(id);
		await editor.zoomToFit();
	});

	test('the notes hold their text and hide nothing', async () => {
		await editor.canvasPicture(`example-${id}`);
		const boxes = Object.entries(await editor.boxes());
		expect(boxes.map(([node]) => node).sort()).toEqual(nodes.map((node) => node.id).sort());

		const notes = nodes.filter(({ type }) => type === NOTE).map((note) => note.id);
		expect(notes).not.toEqual([]);
		for (const [note, box] of boxes.filter(([node]) => notes.includes(node))) {
			const hidden = boxes.filter(([node, other]) => node !== note && overlap(box, other));

			expect([note, hidden]).toEqual([note, []]);
			expect(bottomOf(await editor.lastParagraph(note))).toBeLessThan(bottomOf(box));
		}
	});

	test('nothing is missing in the editor but credentials of other services', async () => {
		const warnings = await editor.warnings();

		expect(Object.keys(warnings).sort()).toEqual(OTHER_SERVICES[id] ?? []);
		for (const warning of Object.values(warnings)) {
			expect(warning).toMatch(/^Issues\W+Credentials for .+ are not set\.$/);
		}
	});
});

function overlap(a: Box, b: Box): boolean {
	const isBeside = a.x + a.width <= b.x || b.x + b.width <= a.x;
	return !isBeside && bottomOf(a) > b.y && bottomOf(b) > a.y;
}

function bottomOf({ y, height }: Box): number {
	return y + height;
}
