import type { Infer } from '@millrace/component-sdk';
import { defineBody } from './body.js';
import { problemSchema, FLOW_STATES } from './flow.js';
import { anyJson, exactly, MAX_INTEGER, time } from './parts.js';
import { failureSchema } from './problem.js';
import { defineQuery } from './query.js';

export const versionsQuery = defineQuery({
  before: {
    type: 'integer',
    minimum: 1,
    maximum: MAX_INTEGER,
    description: 'Only versions older than this one; `next` of the page before.',
  },
  limit: { type: 'integer', minimum: 1, maximum: 200, description: 'How many at the most; default 50.' },
});

const versionMembers = {
  version: { type: 'integer', minimum: 1 },
  live: { type: 'boolean', description: 'New runs are of this version.' },
  hash: { type: 'string', description: 'SHA-256 of the text, hex.' },
  origin: { enum: ['folder', 'draft', 'deploy', 'rollback'], description: 'How it came to be.' },
  restored: { type: ['integer', 'null'], description: 'With origin rollback: the version whose text it is.' },
  createdAt: time,
} as const;

export const versionItemSchema = exactly('VersionItem', versionMembers);
export const versionPageSchema = exactly('VersionPage', {
  items: { type: 'array', items: versionItemSchema },
  next: { type: ['integer', 'null'], description: 'The `before` of the next page; null on the last one.' },
});
export const versionSchema = exactly('Version', {
  ...versionMembers,
  text: { type: 'string', description: 'Exactly as it was published.' },
});

/** What a text was begun from. */
export const baseSchema = {
  ...exactly('Base', {
    version: { type: 'integer', minimum: 0, maximum: MAX_INTEGER, description: 'The version that was live; 0 for none.' },
    hash: { type: 'string', maxLength: 64, description: 'SHA-256 of the text, hex; empty for none.' },
  }),
  description: 'What the text was begun from: what others changed since is a conflict.',
} as const;

export const sourceSchema = exactly('Source', {
  from: { enum: ['file', 'version'], description: 'file: of the flows folder, which may be newer than the live version.' },
  text: { type: 'string' },
  base: baseSchema,
});

const text = { type: 'string', description: 'The text of the flow.' } as const;

export const deployBody = defineBody({
  title: 'Deployment',
  type: 'object',
  properties: { text, base: { ...baseSchema, description: 'Without one, the text replaces whatever version is live.' } },
  required: ['text'],
  additionalProperties: false,
} as const);

export const archiveBody = defineBody({
  title: 'Archiving',
  type: 'object',
  properties: {
    base: { ...baseSchema, description: 'What was seen of it, as `source` says. Without one, whatever version is live.' },
    force: { type: 'boolean', description: 'Also where live flows call it: their runs fail at that step then.' },
  },
  additionalProperties: false,
} as const);

export const archivedSchema = exactly('Archived', { archived: { const: true } });

export const rollbackBody = defineBody({
  title: 'Rollback',
  type: 'object',
  properties: {
    version: { type: 'integer', minimum: 1, maximum: MAX_INTEGER, description: 'Whose text becomes the newest version.' },
    base: baseSchema,
  },
  required: ['version'],
  additionalProperties: false,
} as const);

export const publishedSchema = exactly('Published', {
  version: { type: 'integer', description: 'The live version.' },
  published: { type: 'boolean', description: 'False when it had this text already.' },
});

export const refusedSchema = exactly('TextRefused', { ...failureSchema.properties, problems: { type: 'array', items: problemSchema } });

const theirs = exactly('TheirText', {
  from: { enum: ['file', 'version'] },
  version: { type: 'integer', description: 'The newest version; 0 for none.' },
  hash: { type: 'string' },
  text: { type: ['string', 'null'], description: 'Null when the file was deleted.' },
});

export const conflictSchema = exactly('PublishConflict', { ...failureSchema.properties, theirs, yours: text });

export const archiveConflictSchema = exactly('ArchiveConflict', { ...failureSchema.properties, theirs });

export const calledSchema = exactly('ArchiveOfCalled', {
  ...failureSchema.properties,
  callers: { type: 'array', items: { type: 'string' }, description: 'The live flows that call it.' },
});

export const checkBody = defineBody(exactly('TextToCheck', { text }));

export const checkedSchema = exactly('Checked', {
  ok: { type: 'boolean', description: 'It can be published: there may be warnings, but no errors.' },
  problems: { type: 'array', items: problemSchema },
});

const side = {
  title: 'DiffSide',
  type: 'object',
  properties: {
    version: { type: 'integer', minimum: 1, maximum: MAX_INTEGER },
    draft: { const: true, description: 'The draft as it is kept.' },
    live: { const: true, description: 'The live version.' },
    text: { type: 'string' },
  },
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
} as const;

export const diffBody = defineBody(exactly('TextsToCompare', { from: side, to: side }));

export const diffSchema = exactly('Difference', {
  same: { type: 'boolean' },
  layoutOnly: { type: 'boolean', description: 'Only comments or layout differ.' },
  unreadable: { type: 'boolean', description: 'One of the texts is not JSON: there is no telling what it means.' },
  changes: {
    type: 'array',
    items: {
      title: 'ChangeGroup',
      type: 'object',
      properties: {
        of: { enum: ['flow', 'trigger', 'step'] },
        id: { type: 'string', description: 'Of the step.' },
        kind: { enum: ['added', 'removed', 'changed'] },
        renamedFrom: { type: 'string' },
        moved: { type: 'boolean' },
        from: { type: 'string', description: 'JSON pointer in the older text.' },
        to: { type: 'string', description: 'JSON pointer in the newer text.' },
        fields: {
          type: 'array',
          items: {
            title: 'FieldChange',
            type: 'object',
            properties: {
              pointer: { type: 'string', description: 'Below the step, the trigger or the flow.' },
              from: anyJson,
              to: anyJson,
            },
            required: ['pointer'],
            additionalProperties: false,
          },
        },
        words: { type: 'array', items: { type: 'string' }, description: 'One sentence per change.' },
      },
      required: ['of', 'kind', 'fields', 'words'],
      additionalProperties: false,
    },
  },
});

export const pausedSchema = exactly('PauseState', {
  paused: { type: 'boolean', description: 'An operator paused it.' },
  enabled: { type: 'boolean', description: 'What `enabled` in the text of the live version says.' },
  state: { enum: FLOW_STATES },
});

export type VersionItem = Infer<typeof versionItemSchema>;
export type VersionPage = Infer<typeof versionPageSchema>;
export type VersionView = Infer<typeof versionSchema>;
export type SourceView = Infer<typeof sourceSchema>;
export type PublishedView = Infer<typeof publishedSchema>;
export type CheckedView = Infer<typeof checkedSchema>;
export type PauseView = Infer<typeof pausedSchema>;
export type DiffSide = Infer<typeof side>;
export type ArchivedView = Infer<typeof archivedSchema>;
