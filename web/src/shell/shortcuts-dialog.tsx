import { t } from '../i18n/t.ts';
import { Check } from '../kit/check.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { activeGroups, shortcutsOn } from '../page/shortcuts.ts';

const keyNames: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  ' ': '␣',
};

/** The keys that do something on this page, and the switch that turns them off. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const groups = activeGroups.value;
  const on = shortcutsOn.value;
  return (
    <Dialog title={t('shell.shortcuts')} onClose={onClose}>
      <div class="dialog-body">
        <Check
          checked={on}
          onChecked={(checked) => {
            shortcutsOn.value = checked;
          }}
        >
          {t('shell.shortcutsOn')}
        </Check>
        {groups.map(({ title, shortcuts }) => (
          <section key={title} class="keys">
            <h3>{t(title)}</h3>
            <dl>
              {shortcuts.map(({ keys, label }) => (
                <div key={keys}>
                  <dt>
                    {keys.split(/(?<=.) (?=.)/).map((key) => (
                      <kbd key={key}>{keyNames[key] ?? key}</kbd>
                    ))}
                  </dt>
                  <dd>{t(label)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
