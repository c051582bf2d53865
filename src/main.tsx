// Mounts the app.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { openPage } from './app/page.ts';

const root = document.getElementById('root');
if (!root) throw new Error('internal: index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <App session={openPage()} />
  </StrictMode>,
);
