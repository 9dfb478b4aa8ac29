import type { AlertState } from '../../domain/alert.ts';
import type { OutboxMessage } from '../../domain/outbox/message.ts';
import type { ReceiverLanguage } from '../../domain/outbox/receiver.ts';

/** A message in words: what chats and mails show. */
export interface Wording {
  readonly title: string;
  readonly text: string;
}

const states: Readonly<Record<ReceiverLanguage, Readonly<Record<AlertState, string>>>> = {
  en: {
    new: 'new',
    acknowledged: 'acknowledged',
    confirmed: 'confirmed',
    dismissed: 'dismissed',
    escalated: 'escalated',
  },
  zh: {
    new: '新警报',
    acknowledged: '已受理',
    confirmed: '已确认',
    dismissed: '已排除',
    escalated: '已上报',
  },
};

/** The message in words, with what it holds and no more. Times are UTC: receivers are anywhere. */
export function wordingOf(message: OutboxMessage, language: ReceiverLanguage): Wording {
  return language === 'zh' ? chinese(message) : english(message);
}

function english({ data }: OutboxMessage): Wording {
  if (data.kind === 'test') {
    return { title: 'Nightglass: test', text: `A test message, sent by ${data.by}.` };
  }
  if (data.kind === 'camera') {
    const ended = data.state === 'ended';
    return {
      title: `Camera ${data.cameraId}: ${ended ? 'fault over' : 'fault'}`,
      text: ended
        ? `The fault of camera ${data.cameraId} is over. It was there since ${time(data.since)}: ${data.message}`
        : `${data.message} Since ${time(data.since)}.`,
    };
  }
  const list = data.names?.watchlist ?? data.watchlistId;
  const who = data.names?.person
    ? `${data.names.person} (list ${list})`
    : `Somebody of the list ${list}`;
  const where = `camera ${data.cameraId}, ${time(data.capturedAt)}`;
  const check = 'A claim of a machine: check it before you act.';
  if (data.kind === 'review') {
    const state = states.en[data.state];
    return { title: `Alert ${state}`, text: `The alert on ${who} is ${state}: ${where}.` };
  }
  const again = data.kind === 'sighting';
  return {
    title: again ? `Seen again: ${list}` : `Alert: ${list}`,
    text: `${who} may have been seen${again ? ' again' : ''}: ${where}. ${check}`,
  };
}

function chinese({ data }: OutboxMessage): Wording {
  if (data.kind === 'test') {
    return { title: 'Nightglass：测试', text: `由 ${data.by} 发送的测试消息。` };
  }
  if (data.kind === 'camera') {
    const ended = data.state === 'ended';
    return {
      title: `摄像机 ${data.cameraId}：${ended ? '故障已恢复' : '故障'}`,
      text: ended
        ? `摄像机 ${data.cameraId} 的故障已结束。自 ${time(data.since)} 起：${data.message}`
        : `${data.message}（自 ${time(data.since)} 起）`,
    };
  }
  const list = data.names?.watchlist ?? data.watchlistId;
  const who = data.names?.person ? `${data.names.person}（名单 ${list}）` : `名单 ${list} 中的人员`;
  const where = `摄像机 ${data.cameraId}，${time(data.capturedAt)}`;
  if (data.kind === 'review') {
    const state = states.zh[data.state];
    return { title: `警报：${state}`, text: `关于${who}的警报${state}：${where}。` };
  }
  const again = data.kind === 'sighting';
  return {
    title: again ? `再次出现：${list}` : `警报：${list}`,
    text: `${who}可能${again ? '再次' : ''}出现：${where}。此为机器判断，请先核实再行动。`,
  };
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
