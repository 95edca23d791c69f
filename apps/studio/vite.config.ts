import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = fileURLToPath(new URL('.', import.meta.url));

export default defineConfig({
  root: here,
  resolve: {
    alias: ['flow', 'component-sdk'].map((lib) => ({ find: `@millrace/${lib}`, replacement: `${here}../../libs/${lib}/index.ts` })),
  },
  build: {
    outDir: '../../dist/apps/studio',
    emptyOutDir: true,
    // Fonts as data: URLs would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    // Directives for servers that render, which there is none of.
    rolldownOptions: {
      onwarn: (warning, warn) => void (warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning)),
      // A page that uses a little of the flow library takes that alone along; the checker comes with the editor.
      treeshake: { moduleSideEffects: [{ test: /\/libs\/flow\//, sideEffects: false }] },
    },
  },
});
