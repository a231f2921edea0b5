import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

import { fillPath, parseInstance } from '../nodes/GreenApiLookup/lookup/calls/instance';

const CONSOLE = 'the GREEN-API console';
const RIGHT = 'The credential is right, but';

/** Nothing but the connection test asks for it. */
const TEST_METHOD = '/getStateInstance/';

/** What the answer of the connection test means; `{host}` is the host that was asked. */
const STATUSES: ReadonlyArray<readonly [statuses: readonly number[], message: string]> = [
	[[429], 'This instance is being asked too often right now. Try again in a few seconds'],
	[
		[301, 302, 303, 307, 308],
		'{host} answers with a redirect, which is not followed because the token would go along. ' +
			`Copy API URL from ${CONSOLE}`,
	],
	[
		[500, 502, 503, 504],
		'GREEN-API is not available at {host} at the moment. Try again in a few minutes',
	],
];

/** The same, by a field of the body; those before the states are of answers without one. */
const FIELDS: ReadonlyArray<readonly [key: string, value: string | number | undefined, string]> = [
	// The body of a 401 is empty.
	[
		'length',
		0,
		'GREEN-API at {host} does not accept this token. ' +
			`Copy apiTokenInstance of this instance from ${CONSOLE} into API Token`,
	],
	// A 403, a 404, or a page of some other host.
	[
		'stateInstance',
		undefined,
		`There is no such GREEN-API instance at {host}. Check Instance ID and API URL against ${CONSOLE}; ` +
			'for a MAX instance add /v3 to the end of API URL',
	],
	[
		'stateInstance',
		'notAuthorized',
		`${RIGHT} no messenger account is linked to this instance. Link one in ${CONSOLE} (QR code or phone number), then test again`,
	],
	[
		'stateInstance',
		'pendingPassword',
		`${RIGHT} the account waits for its two-step password. Enter it in ${CONSOLE}, then test again`,
	],
	[
		'stateInstance',
		'blocked',
		`${RIGHT} the messenger has blocked this instance's account. Use another account or instance`,
	],
	['stateInstance', 'starting', `${RIGHT} the instance is starting. Test again in up to 5 minutes`],
];

export class GreenApiInstanceApi implements ICredentialType {
	name = 'greenApiInstanceApi';

	displayName = 'GREEN-API Instance API';

	icon = {
		light: 'file:../nodes/GreenApiLookup/greenApiLookup.svg',
		dark: 'file:../nodes/GreenApiLookup/greenApiLookup.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/green-api-lookup/n8n-nodes-green-api-lookup#set-up-the-credential';

	// Requests go to the host of API URL only: a second list of hosts would only be one more question.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		{
			displayName: 'API URL',
			name: 'apiUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. https://7103.api.greenapi.com',
			required: true,
			description:
				'The instance\'s apiUrl in the <a href="https://console.green-api.com" target="_blank">GREEN-API console</a>. With or without /v3 at the end; for a MAX instance keep /v3, so that the connection test finds it.',
		},
		{
			displayName: 'Instance ID',
			name: 'idInstance',
			type: 'string',
			default: '',
			placeholder: 'e.g. 7103000000',
			required: true,
			description: "The instance's idInstance in the GREEN-API console: digits only",
		},
		{
			displayName: 'API Token',
			name: 'apiTokenInstance',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: "The instance's apiTokenInstance in the GREEN-API console",
		},
		{
			displayName: 'Rate Share',
			name: 'rateShare',
			type: 'number',
			default: 100,
			typeOptions: { minValue: 1, maxValue: 100, numberPrecision: 0 },
			description:
				"Leave it at 100 if this n8n is the only program on the instance. Percentage of the instance's calls per second that one n8n process may use, from 1 to 100: with several workers, or other programs, 100 divided by their number.",
		},
	];

	/** The host of the latest connection test: n8n reads a rule's message when the answer is there. */
	private host = 'this address';

	/**
	 * Puts the instance's id and token into the path. n8n calls this a second time, on the options
	 * that it returned, after a 401: a filled path is left as it is.
	 * @throws Error naming the field to correct, or refusing to send the token anywhere but to API URL
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const instance = parseInstance(credentials);
		const { url } = requestOptions;
		// The HTTP Request node, which would store the URL with the token, sends `uri` or a whole URL.
		if (typeof url !== 'string' || !url.startsWith('/') || url.startsWith('//')) {
			throw new Error('This credential works in the GREEN-API Lookup node only');
		}
		if (url.includes(TEST_METHOD)) this.host = new URL(instance.baseUrl).host;
		return { ...requestOptions, baseURL: instance.baseUrl, url: fillPath(url, instance) };
	};

	// n8n makes one request and calls no code of ours but `authenticate`, so the test can only follow
	// API URL: with /v3 it asks as MAX is asked, without it as the others are.
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.apiUrl}}',
			url: '={{ /\\/v3\\/*\\s*$/i.test($credentials.apiUrl) ? "/v3" : "" }}/waInstance{idInstance}/getStateInstance/{apiTokenInstance}',
			disableFollowRedirect: true,
			// A 401 that n8n takes for an error is asked a second time at once, and that call is over
			// GREEN-API's limit of one a second: the user would read about limits, not about the token.
			ignoreHttpStatusErrors: { ignore: true, except: STATUSES.flatMap(([statuses]) => statuses) },
		},
		// The type allows rules of one kind only; n8n reads every rule by its own `type`.
		rules: [
			...STATUSES.flatMap(([statuses, message]) =>
				statuses.map((value) => this.rule('responseCode', { value }, message)),
			),
			...FIELDS.map(([key, value, message]) =>
				this.rule('responseSuccessBody', { key, value }, message),
			),
		] as ICredentialTestRequest['rules'],
	};

	private rule(type: string, when: object, message: string) {
		const host = () => this.host;
		return {
			type,
			properties: {
				...when,
				get message() {
					return message.replace('{host}', host);
				},
			},
		};
	}
}
