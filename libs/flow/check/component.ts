import type { Component } from '@millrace/component-sdk';
import { listed, nearest, suggestion } from '../names.js';
import type { StepChecker } from '../steps/kind.js';
import type { UseStep } from '../types.js';
import { checkProps } from './props.js';

/** Checks that the component is installed, that its credential can be used, and the props as far as they are constant. */
export function checkComponent(step: UseStep, checker: StepChecker): void {
  const component = checker.catalog.components.get(step.use);
  if (component === undefined) {
    checker.report(
      'component.unknown',
      `There is no component \`${step.use}\`.${alternatives(step.use, [...checker.catalog.components.keys()])}`,
      '/use',
    );
    return;
  }
  checkCredential(step, component, checker);
  checkProps(step, component, checker);
}

function alternatives(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return ` Did you mean \`${near}\`?`;
  const [vendor = ''] = name.split('.');
  const siblings = known.filter((candidate) => candidate.startsWith(`${vendor}.`));
  return siblings.length > 0 ? ` \`${vendor}\` has ${listed(siblings)}.` : suggestion(name, known);
}

function checkCredential(step: UseStep, component: Component, checker: StepChecker): void {
  const { credential } = component;
  if (step.credential === undefined) {
    if (credential?.required)
      checker.report('credential.required', `\`${step.use}\` needs a \`credential\` of type ${listed(credential.types)}.`, '/use');
    return;
  }
  if (credential === undefined) {
    checker.report('credential.not-taken', `\`${step.use}\` takes no credential; remove it.`, '/credential', 'key');
    return;
  }
  checkNamedCredential(step.credential, credential.types, checker);
}

const verifyingTypes = ['none', 'basic', 'api-key', 'hmac'];

/** Checks that the credential in `credential`, below `below`, can verify a request that comes in. */
export function checkVerifyingCredential(name: string, below: string, checker: StepChecker): void {
  const pointer = `${below}/credential`;
  checkNamedCredential(name, verifyingTypes, checker, pointer);
  if (checker.catalog.credentials.get(name)?.in === 'url') {
    const message = `\`${name}\` is a secret address to send to; it cannot verify a request that comes in.`;
    checker.report('credential.wrong-type', message, pointer);
  }
}

/** Types by which a browser can say who answers: it asks for a name and a password by itself, and sends no header or signature of ours. */
const askingTypes = ['none', 'basic'];

/** The same for a page that a person opens. */
export function checkAskingCredential(name: string, below: string, checker: StepChecker): void {
  const { type } = checker.catalog.credentials.get(name) ?? {};
  if (type === undefined || askingTypes.includes(type)) return checkVerifyingCredential(name, below, checker);
  const message = `A person answers in a browser, which can say a name and a password and nothing else; \`${name}\` is of type \`${type}\`. Use one of type \`basic\`, or none: the URL cannot be guessed.`;
  checker.report('credential.wrong-type', message, `${below}/credential`);
}

/** Checks that a credential is defined, of one of the given types, and complete. */
export function checkNamedCredential(name: string, types: readonly string[], checker: StepChecker, pointer = '/credential'): void {
  const found = checker.catalog.credentials.get(name);
  if (found === undefined) {
    const known = suggestion(name, checker.catalog.credentials.keys());
    checker.report('credential.unknown', `There is no credential \`${name}\` in credentials.json.${known}`, pointer);
    return;
  }
  if (!types.includes(found.type)) {
    checker.report('credential.wrong-type', `\`${name}\` is of type \`${found.type}\`; needed is ${listed(types)}.`, pointer);
  }
  if (found.missing !== undefined) {
    checker.report(
      'credential.missing-secret',
      `The credential \`${name}\` needs the environment variable ${found.missing}; set it and start again.`,
      pointer,
    );
  } else if (found.broken !== undefined) {
    checker.report('credential.broken', `The credential \`${name}\` cannot be used: ${found.broken}`, pointer);
  }
}
