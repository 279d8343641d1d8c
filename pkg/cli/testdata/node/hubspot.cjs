// HubSpot's own Node client against an emulated account: all that it can read. Its exception
// carries status, body and headers as HubSpot's.
'use strict';
const assert = require('node:assert');
const { Client } = require('@hubspot/api-client');

const hubspot = new Client({ accessToken: process.env.KEY, basePath: process.env.HUBSPOT, numberOfApiCallRetries: 0 });
let calls = 0;
async function ok(promise) {
  calls++;
  return promise;
}

async function refused(status, category, promise) {
  calls++;
  let e;
  try {
    await promise;
  } catch (x) {
    e = x;
  }
  assert.ok(e, `a call that should be refused with ${status} was not`);
  assert.strictEqual(e.code, status, String(e));
  if (category) {
    assert.strictEqual(e.body.category, category);
  }
}

async function main() {
  const crm = hubspot.crm;
  const contacts = await ok(crm.contacts.basicApi.getPage(2, undefined, ['phone', 'email']));
  assert.strictEqual(contacts.results.length, 2);
  const next = await ok(crm.contacts.basicApi.getPage(2, contacts.paging.next.after, ['phone']));
  assert.notStrictEqual(next.results[0].id, contacts.results[0].id);
  const all = await ok(crm.contacts.getAll(100, undefined, ['phone']));
  const deals = await ok(crm.deals.getAll(100, undefined, ['dealname', 'dealstage'], undefined, ['contacts']));
  assert.ok(all.length > 2 && deals.length > 0);
  const one = await ok(crm.contacts.basicApi.getById(contacts.results[0].id, ['phone'], undefined, ['deals']));
  assert.strictEqual(one.id, contacts.results[0].id);
  const linked = deals.find((d) => d.associations);
  const contact = linked.associations.contacts.results[0].id;
  const found = await ok(crm.deals.searchApi.doSearch({ filterGroups: [{ filters: [{ propertyName: 'associations.contact', operator: 'EQ', value: contact }] }], properties: ['dealstage'], limit: 10, after: '0', sorts: [] }));
  assert.ok(found.total > 0);
  await ok(crm.contacts.searchApi.doSearch({ filterGroups: [{ filters: [{ propertyName: 'hs_object_id', operator: 'EQ', value: contact }] }], properties: ['phone'], limit: 1, after: '0', sorts: [] }));
  const batch = await ok(crm.deals.batchApi.read({ inputs: [{ id: linked.id }], properties: ['dealname'], propertiesWithHistory: [] }));
  assert.strictEqual(batch.results.length, 1);
  await refused(404, 'OBJECT_NOT_FOUND', crm.contacts.basicApi.getById('1'));
  await refused(400, 'VALIDATION_ERROR', crm.contacts.searchApi.doSearch({ filterGroups: [{ filters: [{ propertyName: 'nothing_of_that_name', operator: 'EQ', value: '1' }] }], properties: [], limit: 1, after: '0', sorts: [] }));

  const companies = await ok(crm.companies.basicApi.getPage(10));
  assert.ok(Array.isArray(companies.results));
  const pipelines = await ok(crm.pipelines.pipelinesApi.getAll('deals'));
  const pipeline = await ok(crm.pipelines.pipelinesApi.getById('deals', pipelines.results[0].id));
  const stages = await ok(crm.pipelines.pipelineStagesApi.getAll('deals', pipeline.id));
  assert.strictEqual(stages.results.length, pipeline.stages.length);
  const stage = await ok(crm.pipelines.pipelineStagesApi.getById('deals', pipeline.id, stages.results[0].id));
  assert.strictEqual(stage.label, stages.results[0].label);
  const properties = await ok(crm.properties.coreApi.getAll('contacts'));
  assert.ok(properties.results.some((p) => p.name === 'phone'));
  assert.strictEqual((await ok(crm.properties.coreApi.getByName('contacts', 'phone'))).name, 'phone');
  const groups = await ok(crm.properties.groupsApi.getAll('contacts'));
  assert.strictEqual((await ok(crm.properties.groupsApi.getByName('contacts', groups.results[0].name))).name, 'contactinformation');
  await ok(crm.properties.batchApi.read('contacts', { inputs: [{ name: 'phone' }], archived: false }));
  await refused(404, 'OBJECT_NOT_FOUND', crm.properties.coreApi.getByName('contacts', 'nothing_of_that_name'));
  // Owners need a scope that the deployment does not ask for; another key has it.
  await refused(403, 'MISSING_SCOPES', crm.owners.ownersApi.getPage());
  const wide = new Client({ accessToken: process.env.KEY + '-all', basePath: process.env.HUBSPOT, numberOfApiCallRetries: 0 });
  const owners = await ok(wide.crm.owners.ownersApi.getPage(undefined, undefined, 10));
  assert.ok(Array.isArray(owners.results));
  await refused(404, 'OBJECT_NOT_FOUND', wide.crm.owners.ownersApi.getById(1));
  const v3 = await ok(crm.associations.batchApi.read('contacts', 'deals', { inputs: [{ id: contact }] }));
  assert.ok(v3.results[0].to.length > 0);
  const v4 = await ok(crm.associations.v4.basicApi.getPage('contacts', contact, 'deals'));
  assert.strictEqual(v4.results.length, v3.results[0].to.length);
  await ok(crm.associations.v4.batchApi.getPage('contacts', 'deals', { inputs: [{ id: contact }] }));
  const labels = await ok(crm.associations.v4.schema.definitionsApi.getAll('contacts', 'companies'));
  assert.strictEqual(labels.results.length, 2);
  const token = await ok(hubspot.oauth.accessTokensApi.get(process.env.KEY));
  assert.ok(token.scopes.includes('crm.objects.contacts.read'));
  const info = await ok(hubspot.apiRequest({ method: 'POST', path: '/oauth/v2/private-apps/get/access-token-info', body: { tokenKey: process.env.KEY } }));
  assert.ok((await info.json()).scopes.length > 0);
  await ok(hubspot.apiRequest({ path: '/account-info/v3/details' }));
  // Nothing of ours writes to HubSpot, and the emulated account takes no writes.
  await refused(405, undefined, crm.contacts.basicApi.create({ properties: { email: 'a@b.example' }, associations: [] }));
  const stranger = new Client({ accessToken: 'wrong', basePath: process.env.HUBSPOT, numberOfApiCallRetries: 0 });
  await refused(401, 'INVALID_AUTHENTICATION', stranger.crm.contacts.basicApi.getPage());
  console.log(`${calls} calls`);
}

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
