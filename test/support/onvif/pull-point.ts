import { envelope, escaped } from './soap-text.ts';

/** A notification of the device. */
export interface SimulatedEvent {
  /** Such as `tns1:RuleEngine/CellMotionDetector/Motion`. */
  readonly topic: string;
  readonly item: string;
  readonly value: string;
  readonly source?: string;
  readonly operation?: 'Initialized' | 'Changed' | 'Deleted';
}

/** One pull-point of a device (WS-BaseNotification 1.3 and ONVIF's core, 9.1 to 9.2). */
export class PullPoint {
  readonly #waiting: SimulatedEvent[] = [];
  #wake: (() => void) | null = null;
  renewals = 0;
  pulls = 0;
  subscriptions = 0;
  unsubscribed = 0;
  /** The longest that a pull waits here, whatever it asks for. */
  patienceMs = 1_000;

  notify(event: SimulatedEvent): void {
    this.#waiting.push(event);
    this.#wake?.();
  }

  /** Resolves with an answer to PullMessages: at once with events, else when one comes or after a time. */
  async pull(limit: number): Promise<string> {
    this.pulls += 1;
    if (this.#waiting.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.patienceMs);
        timer.unref();
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
    const events = this.#waiting.splice(0, limit);
    return envelope(
      `<tev:PullMessagesResponse>${times('tev')}${events.map(message).join('')}</tev:PullMessagesResponse>`,
    );
  }

  /** Lets go of a pull that waits. */
  close(): void {
    this.#wake?.();
  }
}

/** An answer to CreatePullPointSubscription. */
export function subscription(address: string): string {
  return envelope(`<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>\
<wsa:Address>${escaped(address)}</wsa:Address></tev:SubscriptionReference>${times('wsnt')}\
</tev:CreatePullPointSubscriptionResponse>`);
}

export function renewed(): string {
  return envelope(`<wsnt:RenewResponse>${times('wsnt')}</wsnt:RenewResponse>`);
}

function times(prefix: string): string {
  const [now, end] = [0, 120_000].map((ms) => new Date(Date.now() + ms).toISOString());
  return `<${prefix}:CurrentTime>${now}</${prefix}:CurrentTime><${prefix}:TerminationTime>${end}</${prefix}:TerminationTime>`;
}

function message({ topic, item, value, source = 'source', operation = 'Changed' }: SimulatedEvent) {
  return `<wsnt:NotificationMessage>\
<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">${topic}</wsnt:Topic>\
<wsnt:Message><tt:Message UtcTime="${new Date().toISOString()}" PropertyOperation="${operation}">\
<tt:Source><tt:SimpleItem Name="VideoSourceConfigurationToken" Value="${escaped(source)}"/></tt:Source>\
<tt:Data><tt:SimpleItem Name="${item}" Value="${escaped(value)}"/></tt:Data>\
</tt:Message></wsnt:Message></wsnt:NotificationMessage>`;
}
