/**
 * n8n's connection test: one request through its routing engine, then the rules of the credential.
 * The engine is the true one; the rules are read as n8n's server (2.41) reads them, because the
 * class that does it, CredentialsTester, is not published in a package of its own.
 */

import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	Workflow,
	type ICredentialDataDecryptedObject,
	type INode,
	type INodeType,
	type INodeTypes,
	type IRunExecutionData,
} from 'n8n-workflow';

import { CredentialsHelper } from './credentialsHelper';
import { additionalDataFor, CREDENTIAL_TYPE, descriptionOf, loadCredentialType } from './engine';

export interface TestResult {
	readonly status: 'OK' | 'Error';
	readonly message: string;
}

interface AnyRule {
	readonly type: 'responseCode' | 'responseSuccessBody';
	readonly properties: { readonly key?: string; readonly value: unknown; readonly message: string };
}

export async function testCredential(data: ICredentialDataDecryptedObject): Promise<TestResult> {
	const credentialType = await loadCredentialType();
	// Read once for each test, as n8n's class does.
	const { test } = credentialType;
	const rules = (test?.rules ?? []) as readonly AnyRule[];
	const nodeType = temporaryNode(test?.request);
	const nodeTypes = { getByNameAndVersion: () => nodeType } as unknown as INodeTypes;
	const node: INode = {
		id: 'temp',
		name: 'Temp-Node',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [CREDENTIAL_TYPE]: { id: '1', name: 'GREEN-API' } },
	};
	const json = { name: 'test', nodes: [node], connections: {}, settings: {} };
	const context = new ExecuteContext(
		new Workflow({ ...json, active: false, nodeTypes }),
		node,
		additionalDataFor(json, new CredentialsHelper(credentialType, data)),
		'internal',
		{ resultData: { runData: {} } } as unknown as IRunExecutionData,
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	const decrypted = { id: '1', name: 'GREEN-API', type: CREDENTIAL_TYPE, data };
	let answer: unknown;
	try {
		const output = await new RoutingNode(context, nodeType, decrypted).runNode();
		answer = output?.[0]?.[0]?.json;
	} catch (error) {
		return failed(error as FailedRequest, rules);
	}
	const broken = rules.find(
		({ type, properties: { key = '', value } }) =>
			type === 'responseSuccessBody' && get(answer, key) === value,
	);
	if (broken) return { status: 'Error', message: broken.properties.message };
	return { status: 'OK', message: 'Connection successful!' };
}

/** As lodash's get for one key: undefined where there is no such property, on text as well. */
function get(value: unknown, key: string): unknown {
	return value === null || value === undefined ? undefined : (Object(value) as never)[key];
}

interface FailedRequest extends Error {
	readonly cause?: {
		readonly code?: string;
		readonly response?: { readonly status: number; readonly statusText: string };
	};
}

function failed({ message, cause }: FailedRequest, rules: readonly AnyRule[]): TestResult {
	if (cause?.response) {
		const { status, statusText } = cause.response;
		const rule = rules.find(
			({ type, properties }) => type === 'responseCode' && properties.value === status,
		);
		return { status: 'Error', message: rule?.properties.message ?? statusText };
	}
	return { status: 'Error', message: cause?.code ?? message };
}

function temporaryNode(request: object | undefined): INodeType {
	return {
		description: {
			...descriptionOf('n8n-nodes-base.noOp'),
			credentials: [{ name: CREDENTIAL_TYPE, required: true }],
			properties: [
				{ displayName: 'Temp', name: 'temp', type: 'string', routing: { request }, default: '' },
			],
		},
	};
}
