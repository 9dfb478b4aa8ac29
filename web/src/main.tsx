import { render } from 'preact';
import { App } from './shell/app.tsx';
import './styles/base.css';
import './styles/controls.css';
import './shell/shell.css';

const root = document.getElementById('app');
if (root === null) throw new TypeError('Cannot start: the page has no #app');
render(<App />, root);
