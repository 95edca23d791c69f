import { codeSchemes, evidence, schemes } from '../index.js';

it('every scheme says what shows that it is right, and nothing else does', () => {
  expect(Object.keys(evidence).sort()).toEqual([...Object.keys(schemes), ...Object.keys(codeSchemes)].sort());
});
