import { beforeEach, expect, test } from 'vitest';
import { PairingWorld, codeOf, rightDigits } from './stand-in/pairing-world.js';

let world: PairingWorld;

beforeEach(async () => {
  world = await PairingWorld.start();
});

test('a new device reads the same chat', async () => {
  const request = await world.phone.pair();
  await world.approved(request);
  const offer = await request.result();
  expect(offer?.address).toBe('ada@example.org');
  expect(world.remembered.size).toBe(0);
  const [listed] = (await (await offer?.join())?.chats.list()) ?? [];
  if (listed?.kind !== 'opened') throw new Error('the chat does not open');
  const texts = (await listed.chat.read()).map((entry) => (entry.kind === 'message' ? entry.text : ''));
  expect(texts).toEqual(['hello', 'again']);
  expect(world.remembered.get(world.server.account.id)?.entries()).toHaveLength(5);
});

test('a device whose person does not confirm ends its session and keeps nothing', async () => {
  const request = await world.phone.pair();
  await world.approved(request);
  const offer = await request.result();
  await offer?.decline();
  await expect(offer?.join()).rejects.toThrow('joined or declined before');
  expect(world.server.asked.at(-1)).toBe('/v1/session');
  expect(world.remembered.size).toBe(0);
});

test('wrong digits end it: there is one try, and what is not six digits is none', async () => {
  const request = await world.phone.pair();
  const { digits, approval } = await world.shown(request);
  const wrong = String((Number(digits) + 1) % 1_000_000).padStart(6, '0');
  expect(approval.checkDigits('12345')).toBe('not-six-digits');
  expect(approval.checkDigits(wrong)).toBe('wrong');
  expect(approval.checkDigits(digits)).toBe('gone');
  expect(await request.result()).toBeUndefined();
  expect(world.wasHandedOver).toBe(false);
});

test('a server that does not answer keeps nobody from learning that the digits were wrong', async () => {
  const request = await world.phone.pair();
  const { digits, approval } = await world.shown(request);
  world.server.takeOver = () => new Promise(() => undefined);
  const wrong = String((Number(digits) + 1) % 1_000_000).padStart(6, '0');
  expect(approval.checkDigits(wrong)).toBe('wrong');
  expect(approval.checkDigits(digits)).toBe('gone');
});

test('right digits hand nothing over after the pairing was cancelled or wrong ones were typed', async () => {
  const request = await world.phone.pair();
  const { digits, approval } = await world.shown(request);
  const handover = rightDigits(approval, digits);
  await approval.cancel();
  expect(await handover.handOver(await world.laptop.prove(world.server.account.recoveryKey))).toBe('gone');
  expect(world.wasHandedOver).toBe(false);
});

test('two minutes are all, by the own clock of each device', async () => {
  const request = await world.phone.pair();
  const { digits, approval } = await world.shown(request);
  const handover = rightDigits(approval, digits);
  world.server.now = 120_000;
  expect(approval.checkDigits(digits)).toBe('gone');
  expect(await handover.handOver(await world.laptop.prove(world.server.account.recoveryKey))).toBe('gone');
  expect(await request.result()).toBeUndefined();
  expect(world.wasHandedOver).toBe(false);
});

test('an answer that comes after two minutes is none', async () => {
  const request = await world.phone.pair();
  const pending = request.digits();
  world.server.lie = (path, answer) => {
    if (path === '/v1/pairings/poll' && 'answered' in answer) world.server.now = 120_000;
    return answer;
  };
  const answering = world.laptop.answer(codeOf(request));
  expect(await pending).toBeUndefined();
  expect(await answering).toBeUndefined();
  expect(world.server.asked).not.toContain('/v1/pairings/reveal');
});

test('an old proof hands nothing over, whatever the server says', async () => {
  const proof = await world.laptop.prove(world.server.account.recoveryKey);
  world.server.now = 4 * 60_000;
  const request = await world.phone.pair();
  const { digits, approval } = await world.shown(request);
  const handover = rightDigits(approval, digits);
  expect(await handover.handOver(proof)).toBe('proof-required');
  expect(world.wasHandedOver).toBe(false);
  expect(await handover.handOver(await world.laptop.prove(world.server.account.recoveryKey))).toBe('handed-over');
});

test('a device that was paired has no wrapped master key to hand on', async () => {
  const request = await world.phone.pair();
  await world.approved(request);
  const tablet = await (await request.result())?.join();
  const next = await world.phone.pair();
  const pending = next.digits();
  const approval = await world.answered(next, tablet);
  const handover = rightDigits(approval, (await pending) ?? '');
  const proof = await tablet?.prove(world.server.account.recoveryKey);
  if (proof === undefined) throw new Error('not paired');
  await expect(handover.handOver(proof)).rejects.toThrow('has to sign in');
});
