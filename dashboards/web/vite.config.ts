import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { firstRouteBudget } from './src/build/budget.ts';

/** Where `pnpm dev` finds the cloud's API. */
const api = process.env.CARETAKER_PUBLIC_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), firstRouteBudget(250_000)],
  build: {
    target: 'es2024',
    // Inlined assets would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: { proxy: { '/api': { target: api, changeOrigin: true } } },
});
