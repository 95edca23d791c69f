import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '**/dist/', 'node_modules/', '.millrace/', 'coverage/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 450, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 15],
      'no-console': 'off',
    },
  },
  {
    // Nest resolves constructor types at run time, so that they must not be type imports.
    files: ['apps/**/*.ts', 'libs/**/*.module.ts', 'libs/queue/*.ts', 'libs/platform/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    // SQL and type-level examples are long or unused by nature.
    files: ['libs/postgres/migrations/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  { files: ['libs/component-sdk/infer.spec.ts'], rules: { '@typescript-eslint/no-unused-vars': 'off' } },
  {
    files: ['**/*.spec.ts', 'test/**', 'bench/**', 'libs/engine/contract/**', 'libs/engine/model/**'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': 'off' },
  },
);
