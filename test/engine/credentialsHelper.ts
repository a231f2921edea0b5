/** What n8n's server brings of credentials: a store, and expressions that are resolved for an item. */

import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentialsExpressionResolveValues,
	type ICredentialType,
	type IExecuteData,
	type IHttpRequestOptions,
	type INodeCredentialsDetails,
	type INodeParameters,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

/** n8n's credential store with one credential in it. */
export class CredentialsHelper extends ICredentialsHelper {
	/** How often the credential was read and decrypted. */
	reads = 0;

	constructor(
		private readonly type: ICredentialType,
		private readonly data: ICredentialDataDecryptedObject | undefined,
	) {
		super();
	}

	getParentTypes() {
		return [];
	}

	isCredentialUsableByNode(_credentialType: string, nodeType: string) {
		const { restrictToSupportedNodes, supportedNodes = [] } = this.type;
		return (
			!restrictToSupportedNodes || supportedNodes.some((name) => nodeType.endsWith(`.${name}`))
		);
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_typeName: string,
		requestOptions: IHttpRequestOptions,
	) {
		if (typeof this.type.authenticate !== 'function') throw new Error('authenticate is a function');
		return await this.type.authenticate(credentials, requestOptions);
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	/** Resolves expressions of the item as n8n's own helper does. */
	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		_credential: INodeCredentialsDetails,
		_type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		_raw?: boolean,
		values?: ICredentialsExpressionResolveValues,
	) {
		this.reads++;
		if (!this.data) throw new Error('Credential with ID "1" does not exist.');
		if (!values) return { ...this.data };
		const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = values;
		try {
			return workflow.expression.getParameterValue(
				this.data as INodeParameters,
				runExecutionData,
				runIndex,
				itemIndex,
				node.name,
				connectionInputData,
				mode,
				{},
				executeData,
			) as ICredentialDataDecryptedObject;
		} catch (error) {
			(error as Error).message += ' [Error resolving credentials]';
			throw error;
		}
	}

	getCredentials(): never {
		throw new Error('The harness keeps no encrypted credentials');
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}

	getCredentialsProperties() {
		return this.type.properties;
	}
}
