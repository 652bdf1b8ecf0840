import type { Environment } from 'monaco-editor';

// Workers are files of their own beside this script: `worker-src 'self'` allows no blob: and no other host.
window.MonacoEnvironment = {
  getWorker(_id, label) {
    const file = label === 'graphql' || label === 'json' ? DESK_WORKERS[label] : DESK_WORKERS.editor;
    return new Worker(new URL(file, import.meta.url), { name: label });
  },
} satisfies Environment;
