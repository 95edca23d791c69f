import type { Component, Json } from '@millrace/component-sdk';
import type { HostedComponent, SchemaCheck } from '@millrace/engine';
import { schemaCompiler } from '@millrace/flow';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** The components of this process: the built-in ones and those of plugins. */
export class ComponentRegistry {
  private readonly hosted = new Map<string, HostedComponent>();
  /** As the checker wants them. */
  readonly all: ReadonlyMap<string, Component>;

  constructor(components: readonly Component[]) {
    this.all = new Map(components.map((component) => [component.name, component]));
  }

  get(name: string): HostedComponent | undefined {
    const known = this.hosted.get(name);
    if (known) return known;
    const component = this.all.get(name);
    if (!component) return undefined;
    const hosted = host(component);
    this.hosted.set(name, hosted);
    return hosted;
  }
}

/** Validators are compiled when a component is first used: most processes use few of them. */
const ajv = new Ajv({ strict: false, allErrors: false });
(addFormats as unknown as (ajv: Ajv) => void)(ajv);

function host(component: Component): HostedComponent {
  let validate: ValidateFunction | undefined;
  return {
    component,
    invalidProps: (props: Json) => {
      validate ??= ajv.compile(component.props);
      return validate(props) ? undefined : describe(component.name, validate.errors?.[0]);
    },
  };
}

function describe(component: string, error: ErrorObject | undefined): string {
  const where = error?.instancePath ? `with${error.instancePath.replaceAll('/', '.')}` : 'with';
  return `${where} does not fit ${component}: ${error?.message ?? 'invalid'}${allowed(error)}.`;
}

function allowed(error: ErrorObject | undefined): string {
  if (error?.keyword === 'enum') return ` (${(error.params as { allowedValues: unknown[] }).allowedValues.join(', ')})`;
  if (error?.keyword === 'additionalProperties') return ` (${(error.params as { additionalProperty: string }).additionalProperty})`;
  return '';
}

/** Compiles the JSON Schema of a trigger; ajv stops at the first misfit, where `anyOf` may name several places. */
export function schemaCheck(schema: object | boolean): SchemaCheck {
  const validate = schemaCompiler(schema).compile(schema);
  return (body) => {
    if (validate(body)) return undefined;
    const errors = validate.errors ?? [];
    const [error] = errors;
    return {
      problem: `${error?.instancePath || '/'} ${error?.message ?? 'is invalid'}${allowed(error)}`,
      pointers: [...new Set(errors.map(({ instancePath }) => instancePath))],
    };
  };
}
