import { Broken } from './broken.ts';
import { checkCase, type SoundCase } from './check-case.ts';
import { publicKeyOf } from './signature.ts';
import { type Language, words } from './words.ts';

type Verdict =
  | { readonly state: 'none' | 'reading' | 'keyBad' | 'failed' }
  | { readonly state: 'sound'; readonly found: SoundCase }
  | { readonly state: 'broken'; readonly broken: Broken };

const app = document.getElementById('app') ?? document.body;
let language: Language = navigator.language.startsWith('zh') ? 'zh' : 'en';
let verdict: Verdict = { state: 'none' };
let chosen: File | undefined;
let pem = '';
/** Which reading counts: what was chosen before is looked at no more. */
let turn = 0;

const says = (word: keyof (typeof words)['en']): string => words[language][word];

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const file = element('input', { type: 'file', id: 'file', accept: '.zip,application/zip' });
const key = element('textarea', { id: 'key', rows: '4', 'aria-describedby': 'key-hint' });
key.spellcheck = false;
const progress = element('progress', { max: '1', value: '0', hidden: '' });
const result = element('div', { 'aria-live': 'polite', id: 'result' });

file.addEventListener('change', () => {
  chosen = file.files?.[0];
  void check();
});
key.addEventListener('input', () => {
  pem = key.value.trim();
  void check();
});

async function check(): Promise<void> {
  turn += 1;
  const mine = turn;
  const show = (next: Verdict) => {
    if (mine !== turn) return;
    verdict = next;
    progress.hidden = next.state !== 'reading';
    showVerdict();
  };
  const expected = pem === '' ? undefined : publicKeyOf(pem);
  if (pem !== '' && expected === undefined) return show({ state: 'keyBad' });
  if (chosen === undefined) return show({ state: 'none' });
  show({ state: 'reading' });
  try {
    const found = await checkCase(chosen, expected, (done, all) => {
      if (mine === turn) progress.value = all === 0 ? 1 : done / all;
    });
    show({ state: 'sound', found });
  } catch (error) {
    show(error instanceof Broken ? { state: 'broken', broken: error } : { state: 'failed' });
  }
}

function showVerdict(): void {
  result.replaceChildren(...verdictNodes());
}

function verdictNodes(): Node[] {
  switch (verdict.state) {
    case 'none':
      return [];
    case 'reading':
    case 'keyBad':
    case 'failed':
      return [element('p', {}, says(verdict.state))];
    case 'broken': {
      const { file: path, why } = verdict.broken;
      const name = path === '' ? says('archive') : path;
      const head = element('h2', {}, says('broken'));
      return [section(false, head, element('p', {}, `${name}: ${says(`why_${why}`)}`))];
    }
    case 'sound': {
      const head = element('h2', {}, says('sound'));
      const hint = element('p', { class: 'hint' }, says('soundHint'));
      return [section(true, head, hint, facts(verdict.found))];
    }
  }
}

function section(ok: boolean, ...children: Node[]): HTMLElement {
  return element('section', { class: 'verdict', 'data-ok': String(ok) }, ...children);
}

function facts(found: SoundCase): HTMLElement {
  const known = says(found.isKeyKnown ? 'keyKnown' : 'keyOwn');
  const rows: [string, string][] = [
    [says('caseId'), found.caseId],
    [says('exported'), found.exportedAt],
    [says('by'), found.by],
    [says('reason'), found.reason],
    [says('alerts'), String(found.alerts)],
    [says('sightings'), String(found.sightings)],
    [says('files'), String(found.files)],
    [says('signer'), `${found.key} (${known})`],
    [says('stamp'), says(found.hasTimeStamp ? 'stampYes' : 'stampNo')],
    [says('records'), String(found.records)],
    [says('record'), `${found.record} (${says('recordHint')})`],
  ];
  return element(
    'dl',
    {},
    ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
}

function showPage(): void {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  document.title = `Nightglass: ${says('title')}`;
  const other = element('button', { type: 'button' }, says('other'));
  other.lang = language === 'zh' ? 'en' : 'zh-Hans';
  other.addEventListener('click', () => {
    language = language === 'zh' ? 'en' : 'zh';
    showPage();
    app.querySelector('button')?.focus();
  });
  app.replaceChildren(
    element('header', {}, element('h1', {}, says('title')), other),
    element('p', {}, says('about')),
    element('label', { for: 'file' }, says('file')),
    file,
    element('label', { for: 'key' }, says('key')),
    key,
    element('p', { class: 'hint', id: 'key-hint' }, says('keyHint')),
    progress,
    result,
  );
  progress.setAttribute('aria-label', says('reading'));
  showVerdict();
}

showPage();
