// Genesys' own JavaScript SDK against an emulated org: each kind is made, read, listed by
// name and page, changed and deleted, and errors arrive as the SDK shows them. It ends with
// the number of calls, or with the first thing that was otherwise.
'use strict';
const assert = require('node:assert');
const genesys = require('purecloud-platform-client-v2');

const at = new URL(process.env.GENESYS);
const client = genesys.ApiClient.instance;
client.setGateway({ protocol: at.protocol.replace(':', ''), host: at.hostname, port: Number(at.port) });

let calls = 0;
async function ok(promise) {
  calls++;
  try {
    return await promise;
  } catch (e) {
    throw e instanceof Error ? e : new Error(JSON.stringify(e));
  }
}

// refused is a call that must fail in the SDK's form, which is the platform's body itself.
async function refused(status, code, promise) {
  calls++;
  let e;
  try {
    await promise;
  } catch (x) {
    e = x;
  }
  assert.ok(e, `a call that should be refused with ${status} was not`);
  assert.strictEqual(e.status, status, JSON.stringify(e));
  assert.strictEqual(e.code, code);
  assert.ok(Array.isArray(e.details) && Array.isArray(e.errors) && e.contextId && e.message);
}

const byName = (page, name) => page.entities.filter((e) => e.name === name);

async function main() {
  await assert.rejects(client.loginClientCredentialsGrant('sandbox-client', 'wrong'));
  await ok(client.loginClientCredentialsGrant(process.env.CLIENT, process.env.SECRET));

  const tokens = new genesys.TokensApi();
  const me = await ok(tokens.getTokensMe({}));
  assert.strictEqual(me.OAuthClient.id, process.env.CLIENT);
  await refused(400, 'bad.request', new genesys.UsersApi().getUsersMe({}));
  const org = await ok(new genesys.OrganizationApi().getOrganizationsMe());
  assert.strictEqual(org.id, me.organization.id);

  const auth = new genesys.AuthorizationApi();
  const home = await ok(auth.getAuthorizationDivisionsHome());
  const mine = await ok(auth.getAuthorizationSubjectsMe({}));
  assert.ok(mine.grants.length > 0);
  const role = await ok(auth.postAuthorizationRoles({ name: 'node role', permissionPolicies: [{ domain: 'routing', entityName: 'queue', actionSet: ['view'], allowConditions: false }] }));
  await ok(auth.putAuthorizationRole(role.id, { name: 'node role', description: 'changed', permissionPolicies: role.permissionPolicies }));
  assert.strictEqual((await ok(auth.getAuthorizationRole(role.id, { userCount: false }))).description, 'changed');
  assert.strictEqual(byName(await ok(auth.getAuthorizationRoles({ name: 'node*', userCount: false })), 'node role').length, 1);
  await ok(auth.postAuthorizationSubjectDivisionRole(process.env.CLIENT, home.id, role.id, { subjectType: 'PC_OAUTH_CLIENT' }));

  const oauth = new genesys.OAuthApi();
  const roleDivisions = [{ roleId: role.id, divisionId: home.id }];
  await refused(400, 'missing.client.roles', oauth.postOauthClients({ name: 'x', authorizedGrantType: 'CLIENT-CREDENTIALS' }));
  const made = await ok(oauth.postOauthClients({ name: 'node client', authorizedGrantType: 'CLIENT-CREDENTIALS', roleDivisions }));
  assert.ok(made.secret);
  const read = await ok(oauth.getOauthClient(made.id));
  assert.strictEqual(read.secret, undefined);
  assert.strictEqual(read.authorizedGrantType, 'CLIENT-CREDENTIALS');
  assert.strictEqual(byName(await ok(oauth.getOauthClients()), 'node client')[0].authorizedGrantType, undefined);
  assert.notStrictEqual((await ok(oauth.postOauthClientSecret(made.id))).secret, made.secret);
  await refused(400, 'cannot.delete.client', oauth.deleteOauthClient(made.id));
  await ok(oauth.putOauthClient(made.id, { name: 'node client', authorizedGrantType: 'CLIENT-CREDENTIALS', roleDivisions, state: 'inactive' }));
  await ok(oauth.deleteOauthClient(made.id));
  await refused(404, 'not.found', oauth.getOauthClient(made.id));

  const routing = new genesys.RoutingApi();
  const skill = await ok(routing.postRoutingSkills({ name: 'node skill' }));
  await refused(409, 'general.conflict', routing.postRoutingSkills({ name: 'node skill' }));
  assert.strictEqual((await ok(routing.getRoutingSkill(skill.id))).state, 'active');
  const code = await ok(routing.postRoutingWrapupcodes({ name: 'node code' }));
  await ok(routing.putRoutingWrapupcode(code.id, { name: 'node code', description: 'd' }));
  assert.strictEqual((await ok(routing.getRoutingWrapupcode(code.id))).description, 'd');
  assert.strictEqual(byName(await ok(routing.getRoutingWrapupcodes({ name: 'node code' })), 'node code').length, 1);
  const language = await ok(routing.postRoutingLanguages({ name: 'node language' }));
  assert.strictEqual(byName(await ok(routing.getRoutingLanguages({ name: 'node language' })), 'node language').length, 1);
  await ok(routing.deleteRoutingLanguage(language.id));
  for (let i = 0; i < 3; i++) {
    await ok(routing.postRoutingQueues({ name: `node queue ${i}`, description: null, skillEvaluationMethod: 'BEST', mediaSettings: { call: { enableAutoAnswer: false, alertingTimeoutSeconds: 15, serviceLevel: { percentage: 0.8, durationMs: 20000 } } } }));
  }
  const first = await ok(routing.getRoutingQueues({ name: 'node*', pageSize: 2, pageNumber: 1 }));
  const second = await ok(routing.getRoutingQueues({ name: 'node*', pageSize: 2, pageNumber: 2 }));
  assert.deepStrictEqual([first.entities.length, second.entities.length, first.total, first.pageCount], [2, 1, 3, 2]);
  const queue = first.entities[0];
  await refused(400, 'duplicate.name', routing.postRoutingQueues({ name: queue.name }));
  await ok(routing.putRoutingQueue(queue.id, { name: queue.name, description: 'changed', acwSettings: { wrapupPrompt: 'OPTIONAL' } }));
  assert.strictEqual((await ok(routing.getRoutingQueue(queue.id))).description, 'changed');
  await ok(routing.postRoutingQueueWrapupcodes(queue.id, [{ id: code.id }]));
  assert.strictEqual((await ok(routing.getRoutingQueueWrapupcodes(queue.id))).entities.length, 1);
  await ok(routing.deleteRoutingQueueWrapupcode(queue.id, code.id));
  const people = await ok(new genesys.UsersApi().getUsers({ pageSize: 10 }));
  await ok(routing.postRoutingQueueMembers(queue.id, [{ id: people.entities[0].id }]));
  assert.strictEqual((await ok(routing.getRoutingQueueMembers(queue.id, { expand: ['skills'] }))).entities.length, 1);
  await refused(400, 'active.queue', routing.deleteRoutingQueue(queue.id));
  assert.strictEqual((await ok(routing.getRoutingQueuesDivisionviews({ name: queue.name }))).entities.length, 1);
  for (const q of [...first.entities, ...second.entities]) {
    await ok(routing.deleteRoutingQueue(q.id, { forceDelete: true }));
  }
  await refused(404, 'not.found', routing.getRoutingQueue(queue.id));
  await ok(routing.deleteRoutingWrapupcode(code.id));

  const users = new genesys.UsersApi();
  const ada = await ok(users.postUsers({ name: 'Ada', email: 'ada@node.example', divisionId: home.id }));
  const search = new genesys.SearchApi();
  const found = await ok(search.postUsersSearch({ query: [{ fields: ['email'], value: 'ada@node.example', type: 'EXACT' }] }));
  assert.deepStrictEqual([found.total, found.results[0].id], [1, ada.id]);
  await ok(users.postUserRoutingskills(ada.id, { id: skill.id, proficiency: 3 }));
  assert.strictEqual((await ok(users.getUserRoutingskills(ada.id))).entities[0].id, skill.id);
  await ok(users.patchUser(ada.id, { version: ada.version, title: 'Agent' }));
  await ok(users.deleteUser(ada.id));
  await ok(routing.deleteRoutingSkill(skill.id));

  const integrations = new genesys.IntegrationsApi();
  const types = await ok(integrations.getIntegrationsTypes());
  assert.ok(types.entities.some((t) => t.id === 'custom-rest-actions'));
  const credential = await ok(integrations.postIntegrationsCredentials({ body: { name: 'node key', type: { name: 'userDefined' }, credentialFields: { token: 'a-token' } } }));
  assert.strictEqual(credential.credentialFields, undefined);
  assert.notStrictEqual((await ok(integrations.getIntegrationsCredential(credential.id))).credentialFields.token, 'a-token');
  assert.ok((await ok(integrations.getIntegrationsCredentials({ pageSize: 100 }))).entities.length > 0);
  await ok(integrations.putIntegrationsCredential(credential.id, { body: { name: 'node key', type: { name: 'userDefined' }, credentialFields: { token: 'another' } } }));
  const integration = await ok(integrations.postIntegrations({ body: { integrationType: { id: 'custom-rest-actions' } } }));
  const config = { name: 'node integration', version: 1, notes: '', properties: {}, advanced: {}, credentials: { basicAuth: { id: credential.id } } };
  await ok(integrations.putIntegrationConfigCurrent(integration.id, { body: config }));
  await refused(409, 'version.conflict', integrations.putIntegrationConfigCurrent(integration.id, { body: config }));
  await ok(integrations.patchIntegration(integration.id, { body: { intendedState: 'ENABLED' } }));
  assert.strictEqual((await ok(integrations.getIntegration(integration.id))).reportedState.code, 'ACTIVE');
  const schema = (field) => ({ $schema: 'http://json-schema.org/draft-04/schema#', type: 'object', title: 't', properties: { [field]: { type: 'string' } }, additionalProperties: true });
  const action = await ok(integrations.postIntegrationsActions({
    name: 'node action', category: 'node integration', integrationId: integration.id, secure: false,
    contract: { input: { inputSchema: schema('phone') }, output: { successSchema: schema('id') } },
    config: {
      request: { requestUrlTemplate: 'https://api.hubapi.com/x', requestType: 'GET', headers: {}, requestTemplate: '${input.rawRequest}' },
      response: { translationMap: {}, translationMapDefaults: {}, successTemplate: '${rawResult}' },
    },
  }));
  const whole = await ok(integrations.getIntegrationsAction(action.id, { expand: 'contract', includeConfig: true }));
  assert.ok(whole.contract && whole.config);
  assert.strictEqual(byName(await ok(integrations.getIntegrationsActions({ category: 'node integration' })), 'node action').length, 1);
  assert.strictEqual(byName(await ok(integrations.getIntegrationsActionsCategories()), 'node integration').length, 1);
  await ok(integrations.patchIntegrationsAction(action.id, { version: whole.version, name: 'node action', category: 'node integration', config: { timeoutSeconds: 5, request: { requestUrlTemplate: 'https://api.hubapi.com/y', requestType: 'GET', headers: {}, requestTemplate: '${input.rawRequest}' }, response: { translationMap: {}, translationMapDefaults: {}, successTemplate: '${rawResult}' } } }));
  const test = await ok(integrations.postIntegrationsActionTest(action.id, { phone: '1' }));
  assert.ok(Array.isArray(test.operations));
  await ok(integrations.deleteIntegrationsAction(action.id));
  await refused(404, 'not.found', integrations.getIntegrationsAction(action.id));
  await ok(integrations.deleteIntegration(integration.id));
  await ok(integrations.deleteIntegrationsCredential(credential.id));

  const architect = new genesys.ArchitectApi();
  const columns = { key: { title: 'key', type: 'string', $id: '/properties/key', displayOrder: 0 }, on: { title: 'on', type: 'boolean', $id: '/properties/on', displayOrder: 1, default: false } };
  const table = await ok(architect.postFlowsDatatables({ name: 'node table', schema: { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object', required: ['key'], additionalProperties: false, properties: columns } }));
  await ok(architect.postFlowsDatatableRows(table.id, { key: 'a', on: true }));
  await refused(409, 'flows.datatables.not.unique', architect.postFlowsDatatableRows(table.id, { key: 'a' }));
  await ok(architect.putFlowsDatatableRow(table.id, 'a', { body: { key: 'a', on: false } }));
  assert.strictEqual((await ok(architect.getFlowsDatatableRow(table.id, 'a', { showbrief: false }))).on, false);
  assert.strictEqual((await ok(architect.getFlowsDatatableRows(table.id, { showbrief: false }))).entities.length, 1);
  await ok(architect.deleteFlowsDatatableRow(table.id, 'a'));
  assert.ok((await ok(architect.getFlowsDatatable(table.id, { expand: 'schema' }))).schema.properties.on);
  assert.strictEqual((await ok(architect.getFlowsDatatablesDivisionviews({ name: 'node table' }))).entities.length, 1);
  await ok(architect.deleteFlowsDatatable(table.id, { force: true }));

  const schedule = await ok(architect.postArchitectSchedules({ name: 'node schedule', start: '2026-01-01T08:00:00.000', end: '2026-01-01T18:00:00.000', rrule: 'FREQ=DAILY' }));
  const group = await ok(architect.postArchitectSchedulegroups({ name: 'node hours', timeZone: 'Europe/Berlin', openSchedules: [{ id: schedule.id }] }));
  await refused(409, 'general.conflict', architect.deleteArchitectSchedule(schedule.id));
  await ok(architect.putArchitectSchedulegroup(group.id, { name: 'node hours', version: group.version, timeZone: 'Etc/UTC', openSchedules: [{ id: schedule.id }] }));
  await ok(architect.deleteArchitectSchedulegroup(group.id));
  await ok(architect.deleteArchitectSchedule(schedule.id));
  const prompt = await ok(architect.postArchitectPrompts({ name: 'node_prompt' }));
  assert.strictEqual((await ok(architect.getArchitectPrompts({ name: ['node_prompt'] }))).entities.length, 1);
  await ok(architect.deleteArchitectPrompt(prompt.id));

  const flow = await ok(architect.postFlows({ name: 'node flow', type: 'INBOUNDCALL' }));
  assert.strictEqual((await ok(architect.getFlow(flow.id))).type, 'INBOUNDCALL');
  const ivr = await ok(architect.postArchitectIvrs({ name: 'node route', openHoursFlow: { id: flow.id } }));
  await refused(409, 'architect.flow.cannot.delete.used.in.ivr.configs', architect.deleteFlow(flow.id));
  await ok(architect.putArchitectIvr(ivr.id, { name: 'node route', description: 'd', version: ivr.version, openHoursFlow: { id: flow.id } }));
  assert.strictEqual(byName(await ok(architect.getArchitectIvrs({ name: 'node route' })), 'node route')[0].description, 'd');
  await ok(architect.deleteArchitectIvr(ivr.id));
  const history = await ok(architect.postFlowHistory(flow.id));
  await ok(architect.getFlowHistoryHistoryId(flow.id, history.id, {}));
  await ok(architect.deleteFlow(flow.id));
  const job = await ok(architect.postFlowsJobs());
  assert.ok(job.presignedUrl && job.headers);
  await ok(architect.getFlowsJob(job.id, { expand: ['messages'] }));

  const telephony = new genesys.TelephonyProvidersEdgeApi();
  assert.ok((await ok(telephony.getTelephonyProvidersEdgesDidpoolsDids('ASSIGNED_AND_UNASSIGNED', { pageSize: 10 }))).entities.length > 0);
  const scripts = new genesys.ScriptsApi();
  await ok(scripts.getScripts({ name: 'nothing' }));
  await refused(404, 'not.found', scripts.getScript('00000000-0000-0000-0000-000000000000'));
  await refused(501, 'not.implemented', new genesys.OutboundApi().getOutboundCampaigns({}));

  await ok(auth.deleteAuthorizationSubjectDivisionRole(process.env.CLIENT, home.id, role.id));
  await ok(auth.deleteAuthorizationRole(role.id));
  await ok(tokens.deleteTokensMe());
  await refused(401, 'bad.credentials', tokens.getTokensMe({}));
  console.log(`${calls} calls`);
}

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
