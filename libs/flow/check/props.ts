import type { ErrorObject } from 'ajv';
import type { Component, Json } from '@millrace/component-sdk';
import { nearest, suggestion } from '../names.js';
import type { StepChecker } from '../steps/kind.js';
import { joinPointer, splitPointer } from '../text.js';
import type { UseStep } from '../types.js';
import { violations } from './schemas.js';

/** Checks a step's `with` against the component's props: names always, values as far as they hold no expression. */
export function checkProps(step: UseStep, component: Component, checker: StepChecker): void {
  const given = step.with ?? {};
  checkNames(given, component, checker);
  if (checker.catalog.checkSchemas === false) return;
  const found = violations(component.props, given);
  for (const violation of certain(found, given)) {
    const missing = missingOfEach(violation, found);
    if (missing)
      checker.report(
        'component.missing-prop',
        `\`${fieldOf(violation)}\` needs ${eitherOf(missing)}.`,
        `/with${violation.instancePath}`,
        'key',
      );
    else reportViolation(violation, given, checker);
  }
}

function checkNames(given: NonNullable<UseStep['with']>, { name, props }: Component, checker: StepChecker): void {
  const known = Object.keys(props.properties ?? {});
  for (const prop of props.required ?? []) {
    if (!Object.hasOwn(given, prop)) checker.report('component.missing-prop', `\`${name}\` needs \`${prop}\` in \`with\`.`, '/with', 'key');
  }
  if (props.additionalProperties !== false) return;
  for (const prop of Object.keys(given).filter((key) => !known.includes(key))) {
    checker.report(
      'component.unknown-prop',
      `\`${name}\` has no prop \`${prop}\`.${suggestion(prop, known)}`,
      joinPointer('/with', prop),
      'key',
    );
  }
}

/**
 * The violations that hold whatever the expressions give. A failed alternative (`anyOf`, `oneOf`) speaks for everything
 * below it, as its branches all fail for their own reasons.
 */
function certain(found: readonly ErrorObject[], given: object): ErrorObject[] {
  const alternatives = found.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf').map(({ instancePath }) => instancePath);
  const spokenFor = (error: ErrorObject): boolean =>
    alternatives.some((path) => (error.instancePath === path ? !isAlternative(error) : error.instancePath.startsWith(`${path}/`)));
  return found.filter((error) => !isCheckedByName(error) && error.keyword !== 'if' && !spokenFor(error) && isCertain(error, given));
}

function isAlternative({ keyword }: ErrorObject): boolean {
  return keyword === 'anyOf' || keyword === 'oneOf';
}

function isCheckedByName({ instancePath, keyword, schemaPath }: ErrorObject): boolean {
  return instancePath === '' && (schemaPath === '#/required' || schemaPath === '#/additionalProperties') && keyword !== 'if';
}

function isCertain({ instancePath, keyword, schemaPath }: ErrorObject, given: object): boolean {
  if (/\/(then|else|not|dependencies|dependentSchemas)\//.test(schemaPath)) return !holdsExpression(given as Json);
  const value = valueAt(given, instancePath);
  if (!holdsExpression(value)) return true;
  if (typeof value === 'string') return keyword === 'type' && !isWholeExpression(value);
  return keyword === 'required' || keyword === 'additionalProperties' || keyword === 'type';
}

function holdsExpression(value: Json | undefined): boolean {
  if (typeof value === 'string') return value.includes('{{');
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsExpression);
}

function isWholeExpression(text: string): boolean {
  return /^\s*\{\{[^]*\}\}\s*$/.test(text);
}

function valueAt(value: object, pointer: string): Json | undefined {
  return splitPointer(pointer).reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value) as
    Json | undefined;
}

/** Where each alternative fails only for what it needs: these, of which one will do. */
function missingOfEach({ keyword, instancePath, schemaPath }: ErrorObject, found: readonly ErrorObject[]): readonly string[] | undefined {
  if (keyword !== 'anyOf') return undefined;
  const below = found.filter((error) => error.schemaPath.startsWith(`${schemaPath}/`));
  const plain = below.every((error) => error.keyword === 'required' && error.instancePath === instancePath);
  return plain && below.length > 0 ? below.map(({ params }) => (params as { missingProperty: string }).missingProperty) : undefined;
}

function eitherOf(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' or ');
}

function fieldOf({ instancePath }: ErrorObject): string {
  return ['with', ...splitPointer(instancePath)].join('.');
}

function reportViolation(error: ErrorObject, given: object, checker: StepChecker): void {
  const pointer = `/with${error.instancePath}`;
  const field = fieldOf(error);
  if (error.keyword === 'additionalProperties') {
    const { additionalProperty: extra } = error.params as { additionalProperty: string };
    checker.report('component.unknown-prop', `\`${field}\` has no \`${extra}\`.`, joinPointer(pointer, extra), 'key');
  } else if (error.keyword === 'required') {
    const { missingProperty } = error.params as { missingProperty: string };
    checker.report('component.missing-prop', `\`${field}\` needs \`${missingProperty}\`.`, pointer);
  } else {
    checker.report('component.bad-prop', `\`${field}\` ${explain(error, valueAt(given, error.instancePath))}`, pointer);
  }
}

function explain({ keyword, message, params }: ErrorObject, value: unknown): string {
  if (keyword === 'enum') {
    const allowed = (params as { allowedValues: unknown[] }).allowedValues.map(String);
    const near = typeof value === 'string' ? nearest(value, allowed) : undefined;
    return `must be one of ${allowed.join(', ')}${near === undefined ? '.' : `; did you mean ${near}?`}`;
  }
  if (keyword === 'anyOf' || keyword === 'oneOf') return 'matches none of the forms that the component takes.';
  return `${message ?? 'is not what the component takes'}.`;
}
