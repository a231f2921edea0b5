/** What both doors do with items: read their parameters, write their rows. */

import { NodeApiError, type IDataObject, type INode, type INodeExecutionData } from 'n8n-workflow';

import type { Endpoint } from '../endpoints';
import { stoppedMessage, unreadable, type Failure } from '../lookup/failures';
import { isFailure, type Outcome } from '../lookup/outcome';
import { inSlices, type Clock } from '../lookup/platform';
import { parseQuestion, type Question } from '../lookup/question';
import { failedRowOf, rowOf, type Row } from '../lookup/rows';
import type { Ending } from '../lookup/session';

/** One item, its parameters read once. */
export interface Inquiry {
	readonly endpoint: Endpoint;
	readonly index: number;
	readonly input: INodeExecutionData;
	/** The parameter that the question is about, as it came. */
	readonly subject: unknown;
	readonly question: Question | Failure;
	readonly simplify: boolean;
	readonly includeInputFields: boolean;
}

/** Reads one parameter of one item, its expression evaluated. */
export type ReadParameter = (name: string, fallback?: unknown) => unknown;

export function readInquiry(
	endpoint: Endpoint,
	index: number,
	input: INodeExecutionData,
	read: ReadParameter,
): Inquiry {
	const item = { endpoint, index, input };
	try {
		const options = read('options', {}) as Record<string, unknown>;
		const { defaultCountry } = options;
		const force = options.force === true;
		const subject = endpoint.subject && read(endpoint.subject);
		return {
			...item,
			subject,
			question: parseQuestion(endpoint, { subject, force, defaultCountry }),
			simplify: read('simplify', true) === true,
			includeInputFields: options.includeInputFields === true,
		};
	} catch (error) {
		const question = unreadable(endpoint, error instanceof Error ? error.message : '');
		return { ...item, subject: null, question, simplify: true, includeInputFields: false };
	}
}

/** Whether the first failure ends the run, as the node's On Error setting says. */
export function stopsOnFailure({ onError, continueOnFail }: INode): boolean {
	return onError === undefined ? continueOnFail !== true : onError === 'stopWorkflow';
}

/**
 * The output items of a run, each paired with its input.
 * @throws NodeApiError if a failure stopped the run
 */
export async function toItems(
	inquiries: readonly Inquiry[],
	ending: Ending,
	node: INode,
	clock: Clock,
): Promise<INodeExecutionData[]> {
	if ('failure' in ending) {
		const { failure, index, answered } = ending;
		const message = stoppedMessage(failure, index, inquiries.length, answered);
		throw toApiError(failure, message, node, inquiries[index]?.index);
	}
	const items: INodeExecutionData[] = [];
	const breathe = inSlices(clock);
	for (const [index, inquiry] of inquiries.entries()) {
		await breathe();
		const outcome = ending[index];
		if (outcome) items.push(toItem(inquiry, outcome, node));
	}
	return items;
}

function toItem(inquiry: Inquiry, outcome: Outcome, node: INode): INodeExecutionData {
	const { endpoint, index, subject, simplify } = inquiry;
	if (!isFailure(outcome)) return itemOf(inquiry, rowOf(outcome, simplify));
	if (node.onError === 'continueErrorOutput') {
		// No other key beside `error`: n8n before 2.37 would take the row for a success.
		return { json: { error: { ...outcome } }, pairedItem: { item: index } };
	}
	return itemOf(inquiry, failedRowOf(endpoint, subject, outcome));
}

/** The object form of pairedItem: with a plain number n8n loses the input on the error branch. */
function itemOf({ index, input, includeInputFields }: Inquiry, row: Row): INodeExecutionData {
	const pairedItem = { item: index };
	if (!includeInputFields) return { json: row as IDataObject, pairedItem };
	const fields = { ...input.json };
	// These two would make n8n take an answered row for a failed one.
	delete fields.error;
	delete fields.details;
	return {
		json: { ...fields, ...row } as IDataObject,
		...(input.binary && { binary: input.binary }),
		pairedItem,
	};
}

/** Built afresh from the failure: an error of the HTTP client would carry the URL with the token. */
function toApiError(
	{ code, httpStatus }: Failure,
	message: string,
	node: INode,
	itemIndex: number | undefined,
): NodeApiError {
	const httpCode = httpStatus === undefined ? undefined : String(httpStatus);
	const error = new NodeApiError(node, { code }, { message, httpCode, itemIndex });
	// n8n puts a text of its own in place of a message that names an error like ECONNRESET.
	error.message = message;
	return error;
}
