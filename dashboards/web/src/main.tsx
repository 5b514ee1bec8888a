import { createRoot } from 'react-dom/client';
import './theme/mantine.css';
import './theme/tokens.css';
import './theme/base.css';
import { App } from './app/App.tsx';
import { followEvents } from './app/query.ts';
import { startTexts } from './i18n/i18n.ts';
import { watchLinkCode } from './session/link-code.ts';
import { startSession } from './session/session.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
watchLinkCode();
followEvents();
await Promise.all([startTexts(), startSession()]);
createRoot(root).render(<App />);
