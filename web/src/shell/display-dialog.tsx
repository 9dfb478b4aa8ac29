import { useState } from 'preact/hooks';
import { BoxDelay } from '../cameras/box-delay.tsx';
import { formatDateTime } from '../i18n/format.ts';
import { t } from '../i18n/t.ts';
import { browserZone, timeZone, timeZones } from '../i18n/time-zone.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Field, SelectField } from '../kit/field.tsx';
import { useNow } from '../live/use-now.ts';
import { href } from '../page/route.ts';
import { theme, themes } from '../page/theme.ts';
import { DeviceAlertsSection } from '../push/device-alerts-section.tsx';
import { LanguageSwitch } from './language-switch.tsx';

export interface DisplayDialogProps {
  readonly onClose: () => void;
  /** Where the bar has no room for it; undefined where nobody is signed in. */
  readonly onSignOut: (() => void) | undefined;
}

/** How the page looks on this screen; the browser remembers it. */
export function DisplayDialog({ onClose, onSignOut }: DisplayDialogProps) {
  const [zones] = useState(timeZones);
  const now = useNow(1_000);
  return (
    <Dialog title={t('shell.display')} onClose={onClose}>
      <div class="display">
        <SelectField
          label={t('shell.theme')}
          value={theme.value}
          options={themes.map((value) => ({ value, label: t(`shell.theme_${value}`) }))}
          onValue={(chosen) => (theme.value = chosen)}
        />
        <Field label={t('shell.language')}>{(control) => <LanguageSwitch {...control} />}</Field>
        <SelectField
          label={t('shell.timeZone')}
          hint={t('shell.timeZoneNow', { time: formatDateTime(now) })}
          value={timeZone.value}
          options={zones.map((value) => ({
            value,
            label: value === browserZone ? t('shell.timeZoneOwn', { zone: value }) : value,
          }))}
          onValue={(chosen) => (timeZone.value = chosen)}
        />
        <details>
          <summary>{t('shell.displayMore')}</summary>
          <BoxDelay />
          <p class="muted">{t('wall.boxDelayWhy')}</p>
        </details>
        <DeviceAlertsSection />
        {onSignOut !== undefined && (
          <>
            <a class="display-sign-out" href={href('account')} onClick={onClose}>
              {t('users.account')}
            </a>
            <Button class="display-sign-out" onClick={onSignOut}>
              {t('shell.signOut')}
            </Button>
          </>
        )}
      </div>
    </Dialog>
  );
}
