/** Executions of a running n8n: started, waited for and read through the API of its editor. */

import type { IDataObject, IPinData, IRunExecutionData } from 'n8n-workflow';

import type { ImportedWorkflow } from '../../scripts/n8n/content';
import { waitFor, type RealN8n } from '../../scripts/n8n/process';

/** Milliseconds after which every execution has ended, a killed worker's too. */
export const RUN_TIMEOUT_MS = 120_000;

/** How an execution ended, and its data. */
interface Ended extends IRunExecutionData {
	readonly status: string;
}

/** Ids of a workflow's latest executions, the newest first; none while n8n has no database. */
export async function executionsOf(n8n: RealN8n, workflowId: string): Promise<number[]> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const { status, body } = await n8n.rest('GET', `/rest/executions?filter=${filter}&limit=50`);
	if (status !== 200) return [];
	const { results } = (body as { data: { results: Array<{ id: string }> } }).data;
	return results.map(({ id }) => Number(id)).sort((a, b) => b - a);
}

/** Waits for the end of an execution: the newest one of a workflow, where its name is given. */
export async function ended(
	n8n: RealN8n,
	execution: string | { newestOf: string },
): Promise<Ended> {
	const id =
		typeof execution === 'string'
			? execution
			: String((await executionsOf(n8n, execution.newestOf))[0]);
	let found = { status: '', data: '' };
	await waitFor(`the end of execution ${id}`, RUN_TIMEOUT_MS, async () => {
		const { status, body } = await n8n.rest('GET', `/rest/executions/${id}`);
		if (status !== 200) return false;
		found = (body as { data: typeof found }).data;
		return !['new', 'running', 'waiting'].includes(found.status);
	});
	const { parse } = await import('flatted');
	return { ...(parse(found.data) as IRunExecutionData), status: found.status };
}

/** The JSON that a node gave at its first run. */
export function rowsOf({ resultData }: IRunExecutionData, node: string, branch = 0): IDataObject[] {
	return (resultData.runData[node]?.[0]?.data?.main?.[branch] ?? []).map(({ json }) => json);
}

/** Saves changes of a workflow. @returns the id of its new version */
export async function change(
	n8n: RealN8n,
	id: string,
	changes: (workflow: ImportedWorkflow) => Partial<ImportedWorkflow> & { pinData?: IPinData },
): Promise<string> {
	const url = `/rest/workflows/${id}`;
	const { data: workflow } = (await n8n.rest('GET', url)).body as { data: ImportedWorkflow };
	const { versionId } = workflow;
	const changed = await n8n.rest('PATCH', url, { ...changes(workflow), versionId });
	expect(changed).toMatchObject({ status: 200 });
	return String((changed.body as { data: ImportedWorkflow }).data.versionId);
}

/** Publishes a version of a workflow: its triggers listen. */
export async function publish(n8n: RealN8n, id: string, versionId: string): Promise<void> {
	const published = await n8n.rest('POST', `/rest/workflows/${id}/activate`, { versionId });
	expect(published).toMatchObject({ status: 200 });
}

/** Starts a workflow as "Execute workflow" does. @returns the execution's id */
export async function startByHand(n8n: RealN8n, id: string, trigger: string): Promise<string> {
	const { status, body } = await n8n.rest('POST', `/rest/workflows/${id}/run`, {
		triggerToStartFrom: { name: trigger },
	});
	expect(status).toBe(200);
	return (body as { data: { executionId: string } }).data.executionId;
}

/**
 * Runs a workflow as "Execute workflow" does, to its end.
 * @param pinned what nodes give instead of what they would
 * @throws the failure that ended the run
 */
export async function runByHand(
	n8n: RealN8n,
	id: string,
	trigger: string,
	pinned: Readonly<Record<string, readonly IDataObject[]>> = {},
): Promise<Ended> {
	const pinData: IPinData = {};
	for (const [node, rows] of Object.entries(pinned)) pinData[node] = rows.map((json) => ({ json }));
	await change(n8n, id, () => ({ pinData }));
	const run = await ended(n8n, await startByHand(n8n, id, trigger));
	const { error } = run.resultData;
	if (error) throw new Error(error.message);
	return run;
}

/** The execution of a workflow that something starts, once it has ended. */
export async function executionBy(
	n8n: RealN8n,
	workflowId: string,
	start: () => Promise<unknown>,
): Promise<Ended> {
	const [before = 0] = await executionsOf(n8n, workflowId);
	await start();
	await waitFor('a new execution', RUN_TIMEOUT_MS, async () => {
		const [newest = 0] = await executionsOf(n8n, workflowId);
		return newest > before;
	});
	return await ended(n8n, { newestOf: workflowId });
}
