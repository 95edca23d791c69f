import type { Component } from '@millrace/component-sdk';
import { ComponentRegistry, schemaCheck } from './components.js';

const component = {
  name: 'text.upper',
  title: 'T',
  props: {
    type: 'object',
    properties: { text: { type: 'string' }, mode: { enum: ['a', 'b'] }, mail: { type: 'string', format: 'email' } },
    required: ['text'],
    additionalProperties: false,
  },
  run: () => null,
} as unknown as Component;

describe('a hosted component', () => {
  const hosted = new ComponentRegistry([component]).get('text.upper');

  it.each([
    [{ text: 'x' }, undefined],
    [{}, "with does not fit text.upper: must have required property 'text'."],
    [{ text: 7 }, 'with.text does not fit text.upper: must be string.'],
    [{ text: 'x', mode: 'c' }, 'with.mode does not fit text.upper: must be equal to one of the allowed values (a, b).'],
    [{ text: 'x', more: 1 }, 'with does not fit text.upper: must NOT have additional properties (more).'],
    [{ text: 'x', mail: 'nobody' }, 'with.mail does not fit text.upper: must match format "email".'],
  ])('says of %j: %p', (props, sentence) => {
    expect(hosted?.invalidProps(props)).toBe(sentence);
  });

  it('is the same each time, and absent under any other name', () => {
    const registry = new ComponentRegistry([component]);
    expect(registry.get('text.upper')).toBe(registry.get('text.upper'));
    expect([registry.get('toString'), registry.get('text.lower')]).toEqual([undefined, undefined]);
  });
});

describe("a trigger's schema", () => {
  const check = schemaCheck({ type: 'object', properties: { a: { type: 'array', items: { type: 'integer' } } }, required: ['a'] });

  it.each([
    [{ a: [1] }, undefined],
    [{}, "/ must have required property 'a'"],
    [{ a: [1, 'x'] }, '/a/1 must be integer'],
    [null, '/ must be object'],
  ])('says of %j: %p', (body, sentence) => {
    expect(check(body)?.problem).toBe(sentence);
  });

  it('names the places by pointer', () => {
    const either = schemaCheck({ anyOf: [{ required: ['a'] }, { properties: { b: { type: 'string' } } }] });
    expect([check({ a: ['x'] })?.pointers, either({ b: 1 })?.pointers]).toEqual([['/a/0'], ['', '/b']]);
  });

  it('may be true or false', () => {
    expect([schemaCheck(true)({}), schemaCheck(false)({})]).toEqual([undefined, { problem: expect.any(String), pointers: [''] }]);
  });
});
