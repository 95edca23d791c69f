import type { JsonSchema } from '@millrace/component-sdk';
import { draftBody, draftListSchema, draftSchema, publishBody, removedSchema, removeQuery, staleSchema } from '../wire/draft.js';
import { failureSchema } from '../wire/problem.js';
import {
  archiveBody,
  archiveConflictSchema,
  archivedSchema,
  calledSchema,
  checkBody,
  checkedSchema,
  conflictSchema,
  deployBody,
  diffBody,
  diffSchema,
  pausedSchema,
  publishedSchema,
  refusedSchema,
  rollbackBody,
  sourceSchema,
  versionPageSchema,
  versionSchema,
  versionsQuery,
} from '../wire/version.js';
import type { Answer, Operation } from './operation.js';

type Answers = Readonly<Record<number, Answer>>;

const ok = (description: string, schema: JsonSchema): Answers => ({ 200: { description, schema } });
const failed = (status: number, description: string): Answers => ({ [status]: { description, schema: failureSchema } });
const invalid = failed(400, 'An id, a parameter or the body does not fit.');
const stale: Answers = {
  409: { description: '`draft.stale`: somebody else saved, published or deleted it. Both texts.', schema: staleSchema },
};
const unstorable = { ...failed(413, 'The text is larger than a flow may be.'), ...failed(422, 'The text cannot be kept as it is.') };

const published: Answers = {
  ...ok('The live version.', publishedSchema),
  409: { description: '`flow.conflict`: the file or the live version changed since the base. Both texts.', schema: conflictSchema },
  422: { description: '`flow.does-not-check`: nothing was published.', schema: refusedSchema },
  ...failed(503, '`flow.file-unusable`: the file in the flows folder cannot be read or written. Nothing was published.'),
};

const WRITES = 'With MILLRACE_SOURCE=folder the file in the flows folder is written in the same action.';

/** Drafts, versions and pauses of flows. */
export const versionOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/v1/drafts',
    id: 'listDrafts',
    tag: 'flows',
    summary: 'All drafts, without their texts',
    answers: ok('By flow.', draftListSchema),
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}/draft',
    id: 'getDraft',
    tag: 'flows',
    summary: 'The draft of a flow',
    answers: { ...ok('The draft.', draftSchema), ...failed(404, 'There is no draft of it.') },
  },
  {
    method: 'put',
    path: '/api/v1/flows/{id}/draft',
    id: 'saveDraft',
    tag: 'flows',
    summary: 'Keep a text as the draft of a flow, which need not exist yet',
    description: 'Needs the revision that was last seen, in the body or as `If-Match`. A save that was made already is made once.',
    body: draftBody.schema,
    answers: { ...ok('The draft, at its new revision.', draftSchema), ...invalid, ...stale, ...unstorable },
  },
  {
    method: 'delete',
    path: '/api/v1/flows/{id}/draft',
    id: 'deleteDraft',
    tag: 'flows',
    summary: 'Discard the draft of a flow',
    query: removeQuery.properties,
    answers: { ...ok('It is gone.', removedSchema), ...invalid, ...stale },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/draft/publish',
    id: 'publishDraft',
    tag: 'flows',
    summary: 'Make the draft the live version',
    description: `Checks it, writes the version and removes the draft. ${WRITES}`,
    body: publishBody.schema,
    answers: {
      ...published,
      409: {
        description: '`draft.stale`: somebody else saved, published or deleted the draft. `flow.conflict`: as for a text that is deployed.',
        schema: { oneOf: [staleSchema, conflictSchema] },
      },
      ...invalid,
      ...failed(404, 'There is no draft of it.'),
    },
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}/versions',
    id: 'listVersions',
    tag: 'flows',
    summary: 'Versions of a flow, newest first, without their texts',
    query: versionsQuery.properties,
    answers: { ...ok('One page.', versionPageSchema), ...invalid, ...failed(404, 'There is no such flow.') },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/versions',
    id: 'deploy',
    tag: 'flows',
    summary: 'Make a text the live version',
    description: `Makes the flow if there is none. ${WRITES}`,
    body: deployBody.schema,
    answers: { ...published, ...invalid, ...failed(413, 'The text is larger than a flow may be.') },
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}/versions/{version}',
    id: 'getVersion',
    tag: 'flows',
    summary: 'One version with its exact text',
    answers: { ...ok('The version.', versionSchema), ...invalid, ...failed(404, 'There is no such version.') },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/rollback',
    id: 'rollBack',
    tag: 'flows',
    summary: 'Make the text of an older version the live version again',
    description: `A new version: none is changed. ${WRITES}`,
    body: rollbackBody.schema,
    answers: { ...published, ...invalid, ...failed(404, 'There is no such version.') },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/archive',
    id: 'archiveFlow',
    tag: 'flows',
    summary: 'Take a flow out of service',
    description:
      'Nothing starts it any more, and its URL answers 404. Runs that have begun go on; versions, runs and events stay. Rolling back brings it back. With MILLRACE_SOURCE=folder its file is removed in the same action.',
    body: archiveBody.schema,
    answers: {
      ...ok('It is archived.', archivedSchema),
      ...invalid,
      ...failed(404, 'There is no such flow, or it is archived.'),
      409: {
        description:
          '`flow.conflict`: the file or the live version changed since the base. `flow.called`: live flows call it, and `force` was not said.',
        schema: { oneOf: [archiveConflictSchema, calledSchema] },
      },
      ...failed(503, '`flow.file-unusable`: the file in the flows folder cannot be read or removed. Nothing was archived.'),
    },
  },
  {
    method: 'get',
    path: '/api/v1/flows/{id}/source',
    id: 'getSource',
    tag: 'flows',
    summary: 'The text that the next version would replace, to begin a draft from',
    description: 'With MILLRACE_SOURCE=folder the file, which may be newer than the live version when it does not check.',
    answers: { ...ok('The text, and the base of a draft of it.', sourceSchema), ...invalid, ...failed(404, 'There is no such flow.') },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/check',
    id: 'checkText',
    tag: 'flows',
    summary: 'Everything that is wrong with a text',
    description: 'Against the components and credentials of this instance. Nothing is kept.',
    body: checkBody.schema,
    answers: { ...ok('In the order of the text.', checkedSchema), ...invalid },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/diff',
    id: 'diff',
    tag: 'flows',
    summary: 'How two texts of a flow differ, in words, by step',
    body: diffBody.schema,
    answers: { ...ok('The difference.', diffSchema), ...invalid, ...failed(404, 'There is no such version or draft.') },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/pause',
    id: 'pauseFlow',
    tag: 'flows',
    summary: 'Pause a flow: its events are held or refused, as its trigger says',
    description: 'It stays paused, whatever is published, until it is resumed. Runs that are under way go on.',
    answers: { ...ok('How it stands.', pausedSchema), ...failed(404, 'There is no such flow.') },
  },
  {
    method: 'post',
    path: '/api/v1/flows/{id}/resume',
    id: 'resumeFlow',
    tag: 'flows',
    summary: 'End the pause of a flow: what was held runs now',
    description: 'A flow whose text says `"enabled": false` stays paused until a version says otherwise.',
    answers: { ...ok('How it stands.', pausedSchema), ...failed(404, 'There is no such flow.') },
  },
];
