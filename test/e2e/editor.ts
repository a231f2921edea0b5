/** n8n's editor in a headless Chromium, as far as the tests use it: what a user clicks, types and reads. */

import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';

import { OWNER, type RealN8n } from '../../scripts/n8n/process';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const CHROMIUM_ARGUMENTS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-background-networking',
	'--disable-sync',
];

// What getByTestId looks for.
selectors.setTestIdAttribute('data-test-id');

/** Milliseconds for one thing to appear, on a machine that others use too. */
const STEP_TIMEOUT_MS = 45_000;

/** Where pictures go: into the documentation if PICTURES is set. */
const PICTURES = process.env.PICTURES
	? path.resolve(__dirname, '../../docs/pictures')
	: path.join(tmpdir(), 'n8n-nodes-green-api-lookup-pictures');

/** Pixels around a workflow: as much as is written beside and below its nodes. */
const MARGIN_PX = 56;

/** Hides all but the workflow on the canvas. */
const CANVAS_ONLY = `
	html { background: #f5f5f5 }
	body, [data-test-id="canvas-handle-plus-wrapper"] { visibility: hidden }
	.vue-flow__transformationpane, marker { visibility: visible }
`;

/** A rectangle in the window, in pixels. */
export interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** A point in the window, in pixels. */
export type Point = Pick<Box, 'x' | 'y'>;

/** What is used of a browser's path element. */
interface SvgPath {
	getScreenCTM(): unknown;
	getTotalLength(): number;
	getPointAtLength(length: number): { matrixTransform(matrix: unknown): Point };
}

/** Where a picture of that name is saved. */
export function pictureFile(name: string): string {
	mkdirSync(PICTURES, { recursive: true });
	return path.join(PICTURES, `${name}.png`);
}

/** A row of the output panel's table: the cells by the names of their columns. */
export type Row = Readonly<Record<string, string>>;

/** One browser window, logged in. */
export class Editor {
	private constructor(
		private readonly browser: Browser,
		private readonly page: Page,
		private readonly url: string,
	) {}

	/** Starts Chromium and logs the owner in. */
	static async open(n8n: RealN8n, width = 1400, height = 900): Promise<Editor> {
		const browser = await chromium.launch({
			executablePath: CHROMIUM,
			args: CHROMIUM_ARGUMENTS,
		});
		try {
			const page = await browser.newPage({ viewport: { width, height } });
			page.setDefaultTimeout(STEP_TIMEOUT_MS);
			// A page that is left with unsaved changes asks back.
			page.on('dialog', (dialog) => void dialog.accept());
			await page.goto(`${n8n.url}/signin`);
			await page.locator('input[type=email], input[name=emailOrLdapLoginId]').fill(OWNER.email);
			await page.locator('input[type=password]').fill(OWNER.password);
			await page.getByTestId('form-submit-button').click();
			await page.waitForURL((url) => !url.pathname.includes('signin'));
			return new Editor(browser, page, n8n.url);
		} catch (error) {
			await browser.close();
			throw error;
		}
	}

	async close(): Promise<void> {
		await this.browser.close();
	}

	// The canvas

	/** A new workflow with a manual trigger, and the list of nodes open for the next one. */
	async newWorkflow(): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		// The list is drawn anew as long as the editor is loading.
		await this.page.waitForLoadState('networkidle');
		await this.part('canvas-plus-button').first().click();
		await this.search('manual');
		await this.listedNode('Trigger manually').click();
		await this.part('node-creator-plus-button').first().click();
	}

	async openWorkflow(id: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${id}`);
		await this.part('canvas-node').first().waitFor();
	}

	/** Shows the whole workflow, as large as the window allows. */
	async zoomToFit(): Promise<void> {
		// Icons come one by one.
		await this.page.waitForLoadState('networkidle');
		await this.part('zoom-to-fit').click();
		const node = await this.page.waitForSelector('[data-test-id="canvas-node"]');
		await node.waitForElementState('stable');
	}

	/** Where the nodes and notes of the canvas are, by their ids. */
	async boxes(): Promise<Record<string, Box>> {
		const boxes: Record<string, Box> = {};
		for (const node of await this.page.locator('.vue-flow__node').all()) {
			boxes[(await node.getAttribute('data-id')) ?? ''] = await boxOf(node);
		}
		return boxes;
	}

	/** How large the workflow is shown: 1 is its full size. */
	async zoom(): Promise<number> {
		const pane = this.page.locator('.vue-flow__transformationpane');
		const [, scale] = /scale\(([\d.]+)\)/.exec((await pane.getAttribute('style')) ?? '') ?? [];
		return Number(scale);
	}

	/** The connections between the nodes, each as points a few pixels apart. */
	async lines(): Promise<Point[][]> {
		return await this.page.locator('path.vue-flow__edge-path').evaluateAll((paths) =>
			(paths as unknown as SvgPath[]).map((line) => {
				const toScreen = line.getScreenCTM();
				const length = line.getTotalLength();
				const steps = Math.ceil(length / 4);
				return Array.from({ length: steps + 1 }, (_, step) => {
					const { x, y } = line.getPointAtLength((length * step) / steps).matrixTransform(toScreen);
					return { x, y };
				});
			}),
		);
	}

	/** Where the last paragraph of a note is. */
	async lastParagraph(noteId: string): Promise<Box> {
		return await boxOf(this.page.locator(`.vue-flow__node[data-id="${noteId}"] p`).last());
	}

	/** What the warning signs on the nodes say, by the names of the nodes. */
	async warnings(): Promise<Record<string, string>> {
		const warnings: Record<string, string> = {};
		const signs = this.part('canvas-node').filter({ has: this.part('node-issues') });
		for (const node of await signs.all()) {
			await node.getByTestId('node-issues').locator('svg').hover();
			warnings[(await node.getAttribute('data-node-name')) ?? ''] = await this.tooltip();
		}
		return warnings;
	}

	/** Opens the panel of a node by a double click. */
	async openNode(name: string): Promise<void> {
		await this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
		await this.part('ndv').waitFor();
	}

	/** Runs the whole workflow; gives the numbers of items on the connections between the nodes. */
	async runWorkflow(): Promise<string[]> {
		await this.part('execute-workflow-button').first().click();
		await this.page
			.locator('.el-notification')
			.filter({ hasText: 'executed successfully' })
			.waitFor();
		await this.part('edge-label').last().waitFor();
		return await textsOf(this.part('edge-label'));
	}

	// The list of nodes

	/** Empties the search, waits until what it found is gone, and types the word. */
	async search(word: string): Promise<void> {
		const input = this.part('node-creator-search-bar')
			.locator('input')
			.or(this.page.locator('input[data-test-id="node-creator-search-bar"]'))
			.first();
		await input.fill('');
		await this.listedNode('GREEN-API Lookup').waitFor({ state: 'detached' });
		await input.fill(word);
	}

	/** A line of the list: a node, or an action of the node that was chosen. */
	listedNode(name: string): Locator {
		return this.part('node-creator-item-name').filter({ hasText: name }).first();
	}

	get nodeList(): Locator {
		return this.part('node-creator');
	}

	/** The actions of a node that the list shows. */
	async actionsOf(node: string): Promise<string[]> {
		await this.listedNode(node).click();
		await this.nodeList.getByText(/^Actions/).waitFor();
		await this.listedNode(node).waitFor({ state: 'detached' });
		return await textsOf(this.part('node-creator-item-name'));
	}

	/** Chooses an action: the node is put on the canvas and its panel opens. */
	async addAction(action: string): Promise<void> {
		await this.listedNode(action).click();
		await this.part('ndv').waitFor();
	}

	// The panel of a node

	get panel(): Locator {
		return this.part('ndv');
	}

	get parameters(): Locator {
		return this.part('node-parameters').first();
	}

	get inputPanel(): Locator {
		return this.part('ndv-input-panel');
	}

	/** The field of a parameter, by the name that it has in the workflow. */
	field(name: string): Locator {
		return this.part(`parameter-input-${name}`);
	}

	async fill(name: string, text: string): Promise<void> {
		await this.field(name).locator('input').fill(text);
	}

	/** The content of a text field, or the choice in a dropdown. */
	async valueOf(name: string): Promise<string> {
		return await this.field(name).locator('input').first().inputValue();
	}

	/** What a dropdown offers. */
	async choicesOf(name: string): Promise<string[]> {
		await this.field(name).click();
		await this.page.getByRole('option').first().waitFor();
		const choices = await textsOf(this.page.getByRole('option'));
		await this.page.keyboard.press('Escape');
		await this.page.getByRole('option').first().waitFor({ state: 'hidden' });
		return choices;
	}

	async choose(name: string, choice: string): Promise<void> {
		await this.field(name).click();
		await this.page.getByRole('option').filter({ hasText: choice }).first().click();
		await this.page.getByRole('option').first().waitFor({ state: 'hidden' });
	}

	/** Adds one of the collection under Options. */
	async addOption(name: string): Promise<void> {
		await this.part('collection-parameter-add').first().click();
		await this.part('collection-parameter-option').filter({ hasText: name, visible: true }).click();
	}

	/** The text behind the question mark beside a field's name. */
	async descriptionOf(displayName: string): Promise<string> {
		const label = this.part('input-label').filter({ hasText: displayName }).first();
		await label.hover();
		await label.locator('[data-icon="circle-help"]').first().hover();
		return await this.tooltip();
	}

	async openSettings(): Promise<void> {
		await this.part('tab-settings').click();
		await this.field('onError').waitFor();
	}

	async runStep(): Promise<void> {
		await this.part('node-execute-button').first().click();
	}

	/** The fields that the node before is expected to give, and n8n's word that they are that. */
	async expectedFields(): Promise<{ names: string[]; notice: string }> {
		const notice = await this.part('schema-preview-warning').first().innerText();
		// The list is recycled: its order on the page is not that of its elements.
		const items = await this.inputPanel.getByTestId('run-data-schema-item').all();
		const placed = await Promise.all(
			items.map(async (item) => ({
				name: (await item.innerText()).trim(),
				top: (await item.boundingBox())?.y ?? 0,
			})),
		);
		return { names: placed.sort((a, b) => a.top - b.top).map(({ name }) => name), notice };
	}

	// Its output

	/** The rows of the branch that is shown, once the run is over. */
	async rows(): Promise<Row[]> {
		await this.output.getByTestId('radio-button-table').click();
		const table = this.output.locator('table');
		await table.locator('tbody tr').first().waitFor();
		const columns = await textsOf(table.locator('th'));
		const lines = await table.locator('tbody tr').all();
		return await Promise.all(
			lines.map(async (line) => {
				const cells = await textsOf(line.locator('td'));
				const named = columns.map((column, index) => [column, cells[index] ?? ''] as const);
				return Object.fromEntries(named.filter(([column]) => column !== ''));
			}),
		);
	}

	/** Titles of the branches with their numbers of items. */
	async branches(): Promise<string[]> {
		await this.part('branches').waitFor();
		return await textsOf(this.part('branches').getByRole('tab'));
	}

	async openBranch(title: string): Promise<void> {
		const tab = this.part('branches').getByRole('tab').filter({ hasText: title });
		await tab.click();
		await tab.and(this.page.locator('[aria-selected="true"]')).waitFor();
	}

	/** What a run that failed says: what happened, and what to do. */
	async failure(): Promise<{ message: string; advice: string }> {
		return {
			message: await this.output.getByTestId('node-error-message').innerText(),
			advice: await this.output.getByTestId('node-error-description').first().innerText(),
		};
	}

	// Credentials

	/** Opens the dialog for a new credential of the node. */
	async newCredential(): Promise<void> {
		await this.part('node-credentials-select').click();
		await this.part('node-credentials-select-item-new').click();
		await this.credentialDialog.waitFor();
	}

	/** Opens the credential that the node has; n8n tests it at that. */
	async editCredential(): Promise<void> {
		await this.part('credential-edit-button').click();
		await this.credentialDialog.waitFor();
	}

	get credentialDialog(): Locator {
		return this.page.getByRole('dialog').filter({ has: this.part('credential-name') });
	}

	/** Saving tests the connection, and closes the dialog if the test passes. */
	async saveCredential(): Promise<void> {
		await this.part('credential-save-button').click();
	}

	/** What the dialog says about the connection test that failed. */
	async connectionProblem(): Promise<string> {
		await this.credentialDialog.getByText('Couldn’t connect with these settings').waitFor();
		await this.credentialDialog.getByText('More details').click();
		await this.credentialDialog.getByText('More details').waitFor({ state: 'hidden' });
		return await this.credentialDialog.innerText();
	}

	/** What the dialog says about the connection test that passed. */
	async connectionSuccess(): Promise<string> {
		return await this.part('credentials-config-container-test-success').innerText();
	}

	/** Name of the credential that the node has. */
	async credentialName(): Promise<string> {
		return await this.part('node-credentials-select').locator('input').first().inputValue();
	}

	// Pictures

	/** Saves a picture of a part or its upper end, without n8n's notices in the corner. */
	async picture(name: string, part: Locator, maxHeight = Infinity): Promise<void> {
		const box = await boxOf(part);
		await this.save(name, { ...box, height: Math.min(box.height, maxHeight) });
	}

	/** Saves a picture of the workflow alone: its nodes, lines and notes, and what is written at them. */
	async canvasPicture(name: string): Promise<void> {
		const parts = await this.page.locator('.vue-flow__node, .vue-flow__edge').all();
		const boxes = await Promise.all(parts.map(boxOf));
		const x = Math.min(...boxes.map((box) => box.x)) - MARGIN_PX;
		const y = Math.min(...boxes.map((box) => box.y)) - MARGIN_PX;
		const width = Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN_PX - x;
		const height = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN_PX - y;
		await this.save(name, { x, y, width, height }, CANVAS_ONLY);
	}

	private async save(name: string, clip: Box, style = ''): Promise<void> {
		for (const notice of await this.page.locator('.el-notification').elementHandles()) {
			const close = await notice.$('.el-notification__closeBtn');
			await close?.click();
			await notice.waitForElementState('hidden');
		}
		await this.page.mouse.move(0, 0);
		await this.page.screenshot({
			path: pictureFile(name),
			clip,
			style,
			animations: 'disabled',
		});
	}

	/** The text beside what the mouse is on; the mouse leaves it. */
	private async tooltip(): Promise<string> {
		// The role "tooltip" is on a copy that is hidden.
		const shown = this.page.locator('[data-reka-popper-content-wrapper]').filter({ hasText: /\S/ });
		const text = await shown.first().innerText();
		await this.page.mouse.move(0, 0);
		await shown.first().waitFor({ state: 'hidden' });
		return text;
	}

	private get output(): Locator {
		return this.part('output-panel');
	}

	private part(id: string): Locator {
		return this.page.locator(`[data-test-id="${id}"]`);
	}
}

async function boxOf(part: Locator): Promise<Box> {
	const box = await part.boundingBox();
	if (!box) throw new Error('There is nothing to be seen');
	return box;
}

async function textsOf(locator: Locator): Promise<string[]> {
	return (await locator.allInnerTexts()).map((text) => text.trim());
}
