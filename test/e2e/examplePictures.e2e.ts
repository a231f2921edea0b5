/** Every example as people see it after the import: short, complete, legible, and with a picture for the docs. */

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { exampleWorkflows } from '../../scripts/n8n/content';
import { Editor, type Box, type Point } from './editor';
import { createWorld, INSTALL_TIMEOUT_MS, type World } from './harness';

const NOTE = 'n8n-nodes-base.stickyNote';

/** What a reader bears: in one workflow, in one note, and in all files together. */
const MOST = { nodes: 12, words: 60, lines: 3500 };

/** Pixels of a small laptop's screen, and how small a workflow may be shown on it. */
const SCREEN = { width: 1366, height: 768 };
const LEAST_ZOOM = 0.75;

const EXAMPLES = exampleWorkflows();

/** Nodes for which a credential of another service has to be chosen, by example. */
const OTHER_SERVICES: Readonly<Record<string, readonly string[]>> = {
	'ai-agent': ['OpenAI Chat Model'],
	'crm-webhook': ['Contact changed', 'Get the contact', 'Write it back'],
	'mcp-server': ['MCP Server Trigger'],
	'nightly-enrichment': ['Next 200 contacts', 'Save answers', 'Save failures'],
};

let world: World;
let editor: Editor;

beforeAll(async () => {
	world = await createWorld({ workflows: EXAMPLES });
	editor = await Editor.open(world.n8n, SCREEN.width, SCREEN.height);
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

test('n8n 3 breaks none of them', async () => {
	const { status, body } = await world.n8n.rest('GET', '/rest/breaking-changes/report?version=v3');
	const { report } = (body as { data: { report: { workflowResults: unknown[] } } }).data;

	expect([status, report.workflowResults]).toEqual([200, []]);
});

test('all together can be read in an hour', () => {
	const folder = path.resolve(__dirname, '../../examples');
	const lines = EXAMPLES.map(({ id }) =>
		readFileSync(path.join(folder, `${id}.json`), 'utf8').split('\n'),
	);

	expect(EXAMPLES.length).toBeLessThanOrEqual(11);
	expect(lines.flat().length).toBeLessThanOrEqual(MOST.lines);
});

describe.each(EXAMPLES)('$id', ({ id, nodes }) => {
	const notes = nodes.filter(({ type }) => type === NOTE);

	beforeAll(async () => {
		await editor.openWorkflow(id);
		await editor.zoomToFit();
	});

	test('it is short, and so are its notes', () => {
		expect(nodes.length).toBeLessThanOrEqual(MOST.nodes);
		expect(notes).not.toEqual([]);
		for (const { parameters } of notes) {
			expect((parameters.content as string).trim().split(/\s+/).length).toBeLessThanOrEqual(
				MOST.words,
			);
		}
	});

	test('the notes can be read on a small screen, hold their text and hide nothing', async () => {
		await editor.canvasPicture(`example-${id}`);
		const boxes = Object.entries(await editor.boxes());
		expect(boxes.map(([node]) => node).sort()).toEqual(nodes.map((node) => node.id).sort());
		expect(await editor.zoom()).toBeGreaterThanOrEqual(LEAST_ZOOM);

		for (const { id: note } of notes) {
			const [, box] = boxes.find(([node]) => node === note) as [string, Box];
			const hidden = boxes.filter(([node, other]) => node !== note && overlap(box, other));

			expect([note, hidden]).toEqual([note, []]);
			expect(bottomOf(await editor.lastParagraph(note))).toBeLessThan(bottomOf(box));
		}
	});

	test('no two lines cross', async () => {
		const lines = await editor.lines();
		const crossings = lines.flatMap((line, index) =>
			lines.slice(index + 1).filter((other) => cross(line, other)),
		);

		expect(lines).not.toEqual([]);
		expect(crossings).toHaveLength(0);
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

/** Whether two lines have a point in common other than where both begin or both end. */
function cross(line: readonly Point[], other: readonly Point[]): boolean {
	const ends = [line[0], line.at(-1)].filter((end) =>
		[other[0], other.at(-1)].some((each) => each && end && distance(each, end) < 4),
	);
	const isFree = (point: Point) => ends.every((end) => !end || distance(point, end) > 40);
	return line.slice(1).some((to, index) => {
		const from = line[index] as Point;
		return (
			isFree(to) &&
			other.slice(1).some((otherTo, at) => intersect(from, to, other[at] as Point, otherTo))
		);
	});
}

function distance(a: Point, b: Point): number {
	return Math.hypot(a.x - b.x, a.y - b.y);
}

function intersect(a: Point, b: Point, c: Point, d: Point): boolean {
	const side = (p: Point, q: Point, r: Point) =>
		Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
	return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}
