// The official Anthropic SDK against a running server: what an application developer's code does, unchanged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic, { APIError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';

const url = process.env.VIDDA_URL;
assert.ok(url, 'set VIDDA_URL to the server, e.g. http://localhost:8080/v1');

const client = new Anthropic({ baseURL: url.replace(/\/v1$/, ''), apiKey: process.env.VIDDA_KEY ?? 'none', maxRetries: 0 });
const model = (await (await fetch(`${url}/models`)).json()).data[0].id;
const messages = [{ role: 'user', content: 'Solve 3x + 5 = 20.' }];
const request = { model, messages, max_tokens: 200, temperature: 0 };

const weather = {
  name: 'weather',
  description: 'the weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string', maxLength: 8 } }, required: ['city'] },
};

test('a message has text, a stop reason and usage', async () => {
  const message = await client.messages.create(request);
  assert.equal(message.type, 'message');
  assert.equal(message.role, 'assistant');
  assert.equal(message.stop_reason, 'end_turn');
  assert.equal(message.content[0].type, 'text');
  assert.match(message.content[0].text, /Answer/);
  assert.ok(message.usage.input_tokens + message.usage.cache_read_input_tokens > 0);
  assert.ok(message.usage.output_tokens > 0);
});

test('a stream says the same as the plain message', async () => {
  const plain = await client.messages.create(request);
  const stream = client.messages.stream(request);
  let text = '';
  stream.on('text', (delta) => (text += delta));
  const final = await stream.finalMessage();
  assert.equal(text, plain.content[0].text);
  assert.deepEqual(final.content[0].text, plain.content[0].text);
  assert.equal(final.stop_reason, 'end_turn');
});

test('raw events come in their order', async () => {
  const types = [];
  for await (const event of await client.messages.create({ ...request, stream: true })) types.push(event.type);
  assert.deepEqual([...new Set(types)], [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
  ]);
});

test('max_tokens and stop sequences end a message', async () => {
  const cut = await client.messages.create({ ...request, max_tokens: 3 });
  assert.equal(cut.stop_reason, 'max_tokens');
  assert.equal(cut.usage.output_tokens, 3);
  const stopped = await client.messages.create({ ...request, stop_sequences: ['Answer'] });
  assert.equal(stopped.stop_reason, 'stop_sequence');
  assert.equal(stopped.stop_sequence, 'Answer');
});

test('a tool that must be used is, with valid input, plain and streamed', async () => {
  const tooled = { ...request, temperature: 1, tools: [weather], tool_choice: { type: 'tool', name: 'weather' } };
  const message = await client.messages.create(tooled);
  assert.equal(message.stop_reason, 'tool_use');
  const call = message.content.find((block) => block.type === 'tool_use');
  assert.equal(call.name, 'weather');
  assert.equal(typeof call.input.city, 'string');
  const streamed = await client.messages.stream(tooled).finalMessage();
  assert.equal(typeof streamed.content.find((block) => block.type === 'tool_use').input.city, 'string');
});

test('the result of a tool goes back to the model', async () => {
  const message = await client.messages.create({
    ...request,
    tools: [weather],
    messages: [
      ...messages,
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Oslo' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'sunny' }] },
    ],
  });
  assert.equal(message.type, 'message');
});

test('tokens are counted before they are spent', async () => {
  const { input_tokens } = await client.messages.countTokens({ model, messages });
  const message = await client.messages.create({ ...request, max_tokens: 1 });
  assert.equal(input_tokens, message.usage.input_tokens + message.usage.cache_read_input_tokens);
});

test('errors are of the SDK, and name what is wrong', async () => {
  await assert.rejects(client.messages.create({ ...request, temperature: 'hot' }), (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.error.error.type, 'invalid_request_error');
    assert.match(error.message, /temperature/);
    return true;
  });
  await assert.rejects(client.messages.create({ ...request, model: 'no-such-model' }), NotFoundError);
  await assert.rejects(
    client.messages.create({ ...request, messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] }),
    (error) => error instanceof APIError && error.status === 400 && /image/.test(error.message),
  );
});

test('aborting a stream leaves the server serving', async () => {
  const stream = client.messages.stream(request);
  for await (const event of stream) {
    assert.ok(event.type);
    stream.abort();
    break;
  }
  assert.equal((await client.messages.create({ ...request, max_tokens: 2 })).usage.output_tokens, 2);
});
