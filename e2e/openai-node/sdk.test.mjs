// The official OpenAI SDK against a running server: what an application developer's code does, unchanged.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import OpenAI, { APIError, BadRequestError, NotFoundError } from 'openai';

const baseURL = process.env.VIDDA_URL;
assert.ok(baseURL, 'set VIDDA_URL to the server, e.g. http://localhost:8080/v1');

const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });
const model = (await client.models.list()).data[0].id;

const heldOut = readFileSync(new URL('../../models/demo/heldout.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const problem = heldOut[0];
const messages = problem.messages;

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const textOf = (chunks) => chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join('');

test('models.list and models.retrieve name the served model', async () => {
  const card = await client.models.retrieve(model);
  assert.equal(card.id, model);
  assert.equal(card.object, 'model');
  assert.ok(card.max_model_len > 0);
});

test('a chat completion has content, finish reason and usage that adds up', async () => {
  const completion = await client.chat.completions.create({ model, messages, temperature: 0 });
  assert.equal(completion.object, 'chat.completion');
  assert.equal(completion.choices[0].finish_reason, 'stop');
  assert.equal(completion.choices[0].message.role, 'assistant');
  assert.ok(completion.choices[0].message.content.length > 0);
  const { prompt_tokens, completion_tokens, total_tokens } = completion.usage;
  assert.ok(prompt_tokens > 0 && completion_tokens > 0);
  assert.equal(prompt_tokens + completion_tokens, total_tokens);
});

test('a stream says the same as the plain completion, one id, role first, finish last', async () => {
  const plain = await client.chat.completions.create({ model, messages, temperature: 0 });
  const chunks = await collect(await client.chat.completions.create({ model, messages, temperature: 0, stream: true }));
  assert.equal(textOf(chunks), plain.choices[0].message.content);
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  assert.equal(new Set(chunks.map((chunk) => chunk.created)).size, 1);
  assert.equal(chunks[0].choices[0].delta.role, 'assistant');
  assert.ok(chunks.slice(1).every((chunk) => chunk.choices[0]?.delta?.role === undefined));
  assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
  assert.ok(chunks.every((chunk) => chunk.usage === undefined), 'no usage unless asked for');
});

test('stream_options.include_usage adds one last chunk without choices', async () => {
  const chunks = await collect(
    await client.chat.completions.create({
      model,
      messages,
      temperature: 0,
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  const last = chunks.at(-1);
  assert.deepEqual(last.choices, []);
  assert.equal(last.usage.total_tokens, last.usage.prompt_tokens + last.usage.completion_tokens);
  assert.ok(chunks.slice(0, -1).every((chunk) => chunk.usage === null));
});

test('the SDK stream helper assembles the final completion', async () => {
  const stream = client.chat.completions.stream({ model, messages, temperature: 0 });
  const final = await stream.finalChatCompletion();
  assert.equal(final.choices[0].finish_reason, 'stop');
  assert.ok(final.choices[0].message.content.length > 0);
});

test('logprobs come with bytes and alternatives, most likely first', async () => {
  const completion = await client.chat.completions.create({
    model,
    messages,
    temperature: 0,
    max_tokens: 8,
    logprobs: true,
    top_logprobs: 3,
  });
  const content = completion.choices[0].logprobs.content;
  assert.equal(content.length, 8);
  for (const entry of content) {
    assert.ok(entry.logprob <= 0);
    assert.deepEqual(Buffer.from(entry.bytes).toString('utf8'), entry.token);
    assert.equal(entry.top_logprobs.length, 3);
    assert.equal(entry.top_logprobs[0].token, entry.token, 'greedy draws the most likely token');
    for (let i = 1; i < 3; i++) assert.ok(entry.top_logprobs[i].logprob <= entry.top_logprobs[i - 1].logprob);
  }
});

test('a stop string ends the text before it', async () => {
  const whole = await client.chat.completions.create({ model, messages, temperature: 0 });
  const text = whole.choices[0].message.content;
  const stop = text.slice(Math.floor(text.length / 2), Math.floor(text.length / 2) + 4);
  const cut = await client.chat.completions.create({ model, messages, temperature: 0, stop });
  assert.equal(cut.choices[0].message.content, text.slice(0, text.indexOf(stop)));
  assert.equal(cut.choices[0].finish_reason, 'stop');
  const streamed = await collect(
    await client.chat.completions.create({ model, messages, temperature: 0, stop, stream: true }),
  );
  assert.equal(textOf(streamed), cut.choices[0].message.content);
});

test('max_tokens ends with length', async () => {
  const completion = await client.chat.completions.create({ model, messages, temperature: 0, max_completion_tokens: 5 });
  assert.equal(completion.choices[0].finish_reason, 'length');
  assert.equal(completion.usage.completion_tokens, 5);
});

test('n samples with a seed come back the same twice', async () => {
  const request = { model, messages, temperature: 1.2, seed: 7, n: 3, max_tokens: 16 };
  const first = await client.chat.completions.create(request);
  const second = await client.chat.completions.create(request);
  assert.equal(first.choices.length, 3);
  assert.deepEqual(
    first.choices.map((choice) => choice.message.content),
    second.choices.map((choice) => choice.message.content),
  );
});

test('the legacy completions endpoint takes text and lists', async () => {
  const one = await client.completions.create({ model, prompt: 'x + 2 = 5', max_tokens: 4, temperature: 0 });
  assert.equal(one.object, 'text_completion');
  const two = await client.completions.create({ model, prompt: ['x + 2 = 5', 'y - 1 = 4'], max_tokens: 4, temperature: 0 });
  assert.deepEqual(two.choices.map((choice) => choice.index), [0, 1]);
  assert.equal(two.choices[0].text, one.choices[0].text);
});

test('aborting a stream leaves the server serving', async () => {
  const stream = await client.chat.completions.create({ model, messages, stream: true, temperature: 0 });
  for await (const chunk of stream) {
    assert.ok(chunk.id);
    stream.controller.abort();
    break;
  }
  const again = await client.chat.completions.create({ model, messages, temperature: 0, max_tokens: 2 });
  assert.equal(again.usage.completion_tokens, 2);
});

test('a bad field is a BadRequestError that names it', async () => {
  await assert.rejects(client.chat.completions.create({ model, messages, temperature: 'hot' }), (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.status, 400);
    assert.equal(error.type, 'invalid_request_error');
    assert.equal(error.param, 'temperature');
    return true;
  });
});

test('an unknown model is a NotFoundError', async () => {
  await assert.rejects(client.chat.completions.create({ model: 'no-such-model', messages }), (error) => {
    assert.ok(error instanceof NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
});

test('a prompt beyond the context is refused with the numbers, before the stream starts', async () => {
  const long = [{ role: 'user', content: 'x + 1 = 2. '.repeat(20_000) }];
  await assert.rejects(client.chat.completions.create({ model, messages: long, stream: true }), (error) => {
    assert.ok(error instanceof APIError);
    assert.equal(error.status, 400);
    assert.equal(error.code, 'context_length_exceeded');
    assert.match(error.message, /\d+/);
    return true;
  });
});

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string', maxLength: 8 } }, required: ['city'] },
  },
};

test('a required tool is called with arguments that fit its schema', async () => {
  const completion = await client.chat.completions.create({
    model,
    messages,
    tools: [weather],
    tool_choice: 'required',
    parallel_tool_calls: false,
    seed: 1,
  });
  const choice = completion.choices[0];
  assert.equal(choice.finish_reason, 'tool_calls');
  assert.equal(choice.message.content, null);
  const call = choice.message.tool_calls[0];
  assert.equal(call.type, 'function');
  assert.equal(call.function.name, 'weather');
  assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');

  const answer = await client.chat.completions.create({
    model,
    max_tokens: 4,
    tools: [weather],
    messages: [...messages, choice.message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
  });
  assert.equal(answer.object, 'chat.completion');
});

test('a named tool streams: id and name once, arguments in pieces, as the SDK puts them together', async () => {
  const stream = client.chat.completions.stream({
    model,
    messages,
    tools: [weather],
    tool_choice: { type: 'function', function: { name: 'weather' } },
    seed: 2,
  });
  const ids = [];
  stream.on('chunk', (chunk) => chunk.choices[0]?.delta.tool_calls?.forEach((call) => call.id && ids.push(call.id)));
  const final = await stream.finalChatCompletion();
  const call = final.choices[0].message.tool_calls[0];
  assert.equal(ids.length, 1);
  assert.equal(call.id, ids[0]);
  assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
  assert.equal(final.choices[0].finish_reason, 'stop');
});

const person = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 10 },
    age: { type: 'integer', minimum: 0, maximum: 120 },
    tags: { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 3 },
  },
  required: ['name', 'age', 'tags'],
  additionalProperties: false,
};

test('json_schema gives JSON of the schema', async () => {
  const completion = await client.chat.completions.create({
    model,
    messages,
    temperature: 1,
    seed: 3,
    response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema: person } },
  });
  const value = JSON.parse(completion.choices[0].message.content);
  assert.deepEqual(Object.keys(value), ['name', 'age', 'tags']);
  assert.ok(Number.isInteger(value.age) && value.age >= 0 && value.age <= 120);
});

test('a schema that cannot be kept is a BadRequestError that names the keyword', async () => {
  const schema = { type: 'array', uniqueItems: true };
  await assert.rejects(
    client.chat.completions.create({
      model,
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 's', schema } },
    }),
    (error) => error instanceof BadRequestError && /uniqueItems/.test(error.message),
  );
});

test('the Responses API answers, streams, calls tools and keeps a format', async () => {
  const input = problem.messages;
  const response = await client.responses.create({ model, input, temperature: 0 });
  assert.equal(response.status, 'completed');
  assert.ok(response.output_text.length > 0);
  assert.equal(response.usage.total_tokens, response.usage.input_tokens + response.usage.output_tokens);

  let text = '';
  let completed;
  for await (const event of await client.responses.create({ model, input, temperature: 0, stream: true })) {
    if (event.type === 'response.output_text.delta') text += event.delta;
    if (event.type === 'response.completed') completed = event.response;
  }
  assert.equal(text, response.output_text);
  assert.equal(completed.status, 'completed');

  const called = await client.responses.create({
    model,
    input: 'x',
    tools: [{ type: 'function', strict: true, ...weather.function }],
    tool_choice: 'required',
  });
  const call = called.output.find((item) => item.type === 'function_call');
  assert.equal(typeof JSON.parse(call.arguments).city, 'string');

  const formatted = await client.responses.create({
    model,
    input: 'x',
    text: { format: { type: 'json_schema', name: 'person', schema: person } },
  });
  assert.ok('age' in JSON.parse(formatted.output_text));
  await assert.rejects(client.responses.create({ model, input, previous_response_id: 'resp_1' }), BadRequestError);
});

test('usage tells the time it took', async () => {
  const completion = await client.chat.completions.create({ model, messages, max_tokens: 5 });
  assert.ok(completion.usage.timings.time_to_first_token_ms > 0);
});

test('the SDK comes back after 429 when Retry-After says so', async () => {
  const { createServer } = await import('node:http');
  let asked = 0;
  const target = new URL(baseURL);
  // A full server answers 429 with Retry-After; the second time round this one has room again.
  const front = createServer((request, response) => {
    asked += 1;
    if (asked === 1) {
      response.writeHead(429, { 'Retry-After': '1', 'Content-Type': 'application/json' });
      response.end('{"error":{"message":"full","type":"rate_limit_error","param":null,"code":"queue_full"}}');
      return;
    }
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const passed = await fetch(new URL(request.url, target), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: Buffer.concat(chunks),
      });
      response.writeHead(passed.status, { 'Content-Type': 'application/json' });
      response.end(await passed.text());
    });
  });
  await new Promise((resolve) => front.listen(0, '127.0.0.1', resolve));
  const retrying = new OpenAI({ baseURL: `http://127.0.0.1:${front.address().port}/v1`, apiKey: 'none', maxRetries: 2 });
  const before = Date.now();
  const completion = await retrying.chat.completions.create({ model, messages, max_tokens: 2 });
  front.closeAllConnections();
  front.close();
  assert.equal(completion.usage.completion_tokens, 2);
  assert.equal(asked, 2);
  assert.ok(Date.now() - before >= 900, 'it waited for as long as Retry-After said');
});
