/**
 * The fixture of the engine tests: runs the node over items, in n8n's engine, against a simulated
 * GREEN-API, on a virtual clock that does not wait.
 */

import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';

import type { Clock } from '../../nodes/GreenApiLookup/lookup/environment';
import type { Operation } from '../../nodes/GreenApiLookup/messengers/definition';
import { valueOf, type Fault } from '../../simulator/faults';
import {
	instanceOf,
	type InstanceChanges,
	type InstanceSettings,
	type Messenger,
} from '../../simulator/instance';
import { startSimulator, type Call, type Simulator } from '../../simulator/server';
import { steppedEnvironment } from '../virtualClock';
import {
	createNode,
	runWorkflow,
	type EntryPoint,
	type RunOptions,
	type RunResult,
	type WorkflowJson,
} from './engine';
import { ITEMS, LOOKUP, lookupWorkflow } from './workflows';

export const ENTRY_POINTS: readonly EntryPoint[] = ['customOperations', 'routing'];

export const ON_ERROR = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;

/** Calls a second that no test's list reaches. */
export const UNLIMITED = { check: 100_000, contact: 100_000, account: 100_000 };

/** WhatsApp's limits: what is paced is only seen with them. */
export const LIMITED = { ratePerSecond: { check: 10, contact: 1, account: 1 } };

/** Node options with which a failed call is not repeated. */
export const ONE_TRY = { maxWait: 0.001 };

/** A simulated GREEN-API, and a node on the same virtual clock: for several runs one after another. */
export interface Service {
	readonly simulator: Simulator;
	readonly node: INodeType;
	/** Lets so many milliseconds pass. */
	readonly sleep: (ms: number) => Promise<void>;
	readonly close: () => Promise<void>;
}

const services = new Set<Service>();

afterEach(async () => {
	for (const service of services) await service.close();
});

/** Starts a GREEN-API with these instances. It is closed after the test, if not before. */
export async function startService(...instances: readonly InstanceSettings[]): Promise<Service> {
	const time: { clock?: Clock } = {};
	const simulator = await startSimulator({
		instances,
		now: () => time.clock?.monotonic() ?? 0,
		sleep: async (ms) => await time.clock?.sleep(ms),
	});
	const { stop, ...environment } = steppedEnvironment(simulator);
	time.clock = environment.clock;
	const service: Service = {
		simulator,
		node: await createNode(environment),
		sleep: async (ms) => await environment.clock.sleep(ms),
		async close() {
			if (!services.delete(service)) return;
			stop();
			await simulator.close();
		},
	};
	services.add(service);
	return service;
}

/** An instance of a messenger without limits, but for the changes. */
export function unlimited(messenger: Messenger, changes: InstanceChanges = {}): InstanceSettings {
	return instanceOf(messenger, { ratePerSecond: UNLIMITED, ...changes });
}

/** What is asked, and how. What it shares with a run of any workflow is handed on as it is. */
export interface Lookup
	extends Pick<
		Partial<RunOptions>,
		'binary' | 'contextData' | 'entryPoint' | 'executionId' | 'node' | 'signal'
	> {
	/** WhatsApp where none is given. */
	readonly messenger?: Messenger;
	/** Check Account where none is given. */
	readonly operation?: Operation;
	/** The value of each item: a phone number, a chat ID. */
	readonly values?: readonly unknown[];
	/** Whole items instead; the lookup asks about their field `value`. */
	readonly items?: readonly IDataObject[];
	/** The node's collection Options. */
	readonly options?: IDataObject;
	/** Further parameters of the node. */
	readonly parameters?: IDataObject;
	/** Continue where none is given: failures are rows. */
	readonly onError?: INode['onError'];
	/** Further settings of the node, such as retryOnFail. */
	readonly settings?: Partial<INode>;
	/** What goes wrong at GREEN-API. */
	readonly faults?: readonly Fault[];
	/** Settings of the simulated instance, which has no limits otherwise. */
	readonly instance?: InstanceChanges;
	/** One from `startService`, for several runs; a fresh one where none is given. */
	readonly service?: Service;
	/** Fields of the credential that are not the instance's; null where n8n has no such credential. */
	readonly credential?: ICredentialDataDecryptedObject | null;
	/** Changes the workflow: pinned items, then the lookup. */
	readonly workflow?: (workflow: WorkflowJson) => void;
	/** Items of further nodes, by the node's name. */
	readonly pinned?: Readonly<Record<string, readonly IDataObject[]>>;
}

export interface Looked extends RunResult {
	/** What the node's first output gave. */
	readonly items: readonly INodeExecutionData[];
	/** The same, only the JSON. */
	readonly rows: readonly IDataObject[];
	/** The JSON of the error output. */
	readonly failedRows: readonly IDataObject[];
	/** All calls that GREEN-API got so far. */
	readonly calls: readonly Call[];
	/** The values of those calls. */
	readonly asked: readonly unknown[];
	/** The node's message on the run in the editor. */
	readonly hint: string | undefined;
	readonly hintType: string | undefined;
	/** Custom data of the execution. */
	readonly customData: Readonly<Record<string, string>>;
}

export async function lookUp(lookup: Lookup): Promise<Looked> {
	const { messenger = 'whatsapp', faults = [], credential = {} } = lookup;
	const { onError = 'continueRegularOutput', values = [] } = lookup;
	const service =
		lookup.service ?? (await startService(unlimited(messenger, { faults, ...lookup.instance })));
	const { simulator } = service;
	const { idInstance, apiTokenInstance } = simulator.instances[0] as InstanceSettings;
	const workflow = lookupWorkflow(
		{
			resource: messenger,
			operation: lookup.operation ?? 'checkAccount',
			phoneNumber: '={{ $json.value }}',
			chatId: '={{ $json.value }}',
			options: lookup.options ?? {},
			requestOptions: { timeout: 30_000 },
			...lookup.parameters,
		},
		{ onError, ...lookup.settings },
	);
	lookup.workflow?.(workflow);
	try {
		const result = await runWorkflow({
			...lookup,
			workflow,
			node: lookup.node ?? service.node,
			credential: credential
				? { apiUrl: simulator.url, idInstance, apiTokenInstance, ...credential }
				: undefined,
			pinned: {
				[ITEMS]: lookup.items ?? values.map((value) => ({ value }) as IDataObject),
				...lookup.pinned,
			},
		});
		const [lastRun] = result.run.data.resultData.runData[LOOKUP] ?? [];
		return {
			...result,
			items: result.output(LOOKUP),
			rows: result.output(LOOKUP).map(({ json }) => json),
			failedRows: result.output(LOOKUP, 1).map(({ json }) => json),
			calls: simulator.calls(),
			asked: simulator.calls().map(({ text }) => valueOf(text)),
			hint: lastRun?.hints?.[0]?.message,
			hintType: lastRun?.hints?.[0]?.type,
			customData: result.run.data.resultData.metadata ?? {},
		};
	} finally {
		if (!lookup.service) await service.close();
	}
}

/** What a failed row says under `error`; undefined of an answered one. */
export function errorOf(row: IDataObject | undefined): IDataObject | undefined {
	return row?.error as IDataObject | undefined;
}

/** The code of each failed row, undefined for an answered one. */
export function codesOf(rows: readonly IDataObject[]): unknown[] {
	return rows.map((row) => errorOf(row)?.code);
}

/** Phone numbers one after another; the simulator knows an account for the even ones. */
export function phones(count: number): string[] {
	return Array.from({ length: count }, (_, index) => String(79_000_000_000 + index));
}
