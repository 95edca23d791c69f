import type { Json } from '@millrace/component-sdk';
import { setProperty } from '@millrace/flow';
import { Link } from 'wouter';
import { ENDPOINT_FIELDS, type EndpointField } from '../../connect/endpoint-settings.js';
import { useEndpoints } from '../../connect/queries.js';
import { textOf, type JsonObject } from '../../flow/structure.js';
import { useEditor } from '../context.js';
import { TriggerCredential } from '../credential-field.js';
import { Select } from '../plain-inputs.js';
import { Settings, useTriggerSetting, When, type TriggerProps } from './settings.js';

const SCHEMA: EndpointField = {
  pointer: '/schema',
  label: 'What the body must be',
  kind: 'json',
  description: 'A JSON Schema, such as { "required": ["id"] }. What does not fit makes a failed run.',
};

const PAUSED = [
  ['', 'Keep what comes, for later'],
  ['refuse', 'Refuse what comes (503)'],
] as const;

/** What is said of requests: here, or by the shared endpoint that they come to. */
export function WebhookSettings({ trigger }: TriggerProps) {
  const set = useTriggerSetting();
  const endpoint = textOf(trigger['endpoint']);
  return (
    <>
      <EndpointSelect value={endpoint ?? ''} />
      {endpoint === undefined && <TriggerCredential onChange={(name) => set('credential', name)} />}
      <When trigger={trigger} />
      <Settings trigger={trigger} fields={[SCHEMA]} />
      <Select
        label="While it is paused"
        pointer="/trigger/whenPaused"
        value={textOf(trigger['whenPaused']) ?? ''}
        options={PAUSED}
        onChange={(value) => set('whenPaused', value)}
      />
      {endpoint === undefined ? (
        <details>
          <summary>Requests</summary>
          <div className="form">
            <Settings trigger={trigger} fields={ENDPOINT_FIELDS} />
          </div>
        </details>
      ) : (
        <p className="dim">
          What requests may be, and who may send, is said{' '}
          <Link className="link" href={`/endpoints/${endpoint}/details`}>
            by the endpoint
          </Link>
          .
        </p>
      )}
    </>
  );
}

/** Its own URL, or one that it shares with others: what is said of requests stands there then. */
function EndpointSelect({ value }: { readonly value: string }) {
  const { flowId, edit, tree } = useEditor();
  const shared = (useEndpoints().data?.items ?? []).map(({ name, title }) => [name, title === null ? name : `${title} (${name})`] as const);
  const change = (endpoint: string): void => {
    const { type, when, schema, whenPaused } = tree.trigger;
    const kept = Object.fromEntries(Object.entries({ type, when, schema, whenPaused }).filter(([, setting]) => setting !== undefined));
    const next = endpoint === '' ? withoutEndpoint(tree.trigger) : { ...kept, endpoint };
    edit((text) => setProperty(text, { pointer: '/trigger', value: next as Json }), '/trigger/endpoint');
  };
  return (
    <Select
      label="Comes in at"
      pointer="/trigger/endpoint"
      value={value}
      options={[['', `Its own URL, /flows/${flowId}/hook`], ...shared]}
      onChange={change}
    />
  );
}

function withoutEndpoint({ endpoint: _, ...trigger }: JsonObject): JsonObject {
  return trigger;
}
