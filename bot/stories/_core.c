/* The hot parts of copies and stories, compiled. Each has its twin of the same name in Python, which says why it does what
   it does (pure.py, wordcodes.py, sketch.py, terms.py) and gives the same answers to the last bit: logarithms come in tables,
   because an interpreter may have its own `log`, and sums of floats are added from left to right.

   Terms and groups are hashes of 32 bits and already well mixed. Lists of them are packed in bytes. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CAPITAL = 1, NUMBER = 2, COMMON = 4, YEAR = 8, KIND_BITS = 4 };      /* as in wordcodes.py */

/* ── helpers ────────────────────────────────────────────────────────────────────────────────────────────────────── */

static PyObject *
packed(const uint32_t *terms, Py_ssize_t count)
{
    return PyBytes_FromStringAndSize((const char *)terms, count * (Py_ssize_t)sizeof(*terms));
}

/* How many items of `size` bytes a buffer has; -1 when they do not come out even. */
static Py_ssize_t
items(const Py_buffer *buffer, Py_ssize_t size)
{
    if (buffer->len % size == 0)
        return buffer->len / size;
    PyErr_Format(PyExc_ValueError, "packed items of %zd bytes are wanted", size);
    return -1;
}

/* Room for `wanted` things of `size` bytes, in steps of a quarter. */
static int
grow(void *where, uint32_t *room, size_t wanted, size_t size)
{
    if (wanted <= *room)
        return 0;
    size_t next = wanted + wanted / 4;
    void *moved = next > UINT32_MAX ? NULL : PyMem_Realloc(*(void **)where, next * size);
    if (!moved) {
        PyErr_NoMemory();
        return -1;
    }
    *(void **)where = moved;
    *room = (uint32_t)next;
    return 0;
}

static int
ascending(const void *one, const void *other)
{
    const uint32_t left = *(const uint32_t *)one, right = *(const uint32_t *)other;
    return (left > right) - (left < right);
}

/* Sort, and keep each once; how many are left. */
static Py_ssize_t
distinct(uint32_t *all, Py_ssize_t count)
{
    qsort(all, (size_t)count, sizeof(*all), ascending);
    Py_ssize_t kept = 0;
    for (Py_ssize_t at = 0; at < count; at++)
        if (!kept || all[at] != all[kept - 1])
            all[kept++] = all[at];
    return kept;
}

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    uint64_t *codes;      /* the hash of a word above the bits of its kind */
    Py_ssize_t count, room;
} Words;

enum { LONGEST_REMEMBERED = 40 };      /* letters of a chunk, as in wordcodes.py */

/* What stands between two spaces, mostly one word with its comma, and the codes of its words behind it. */
typedef struct {
    uint8_t width, letters;      /* bytes of a letter; all its letters are as wide as the widest */
    uint16_t codes;
} Chunk;

typedef struct {
    uint32_t hash, place; /* in `room`, in units of 8 bytes; 0 where the seat is free */
} Seat;

typedef struct {
    PyObject_HEAD
    PyObject *learn;      /* chunk -> the codes of its words, a tuple */
    Seat *seats;          /* open addressing */
    uint64_t *room;       /* the chunks, one behind the other */
    uint32_t mask, used, most, end, size;
} Reader;

/* The letters of a chunk, narrow where all fit a byte. */
typedef struct {
    union {
        uint8_t narrow[LONGEST_REMEMBERED];
        uint32_t wide[LONGEST_REMEMBERED];
    } letters;
    uint32_t hash;
    Chunk head;
} Looked;

static void
look(Looked *looked, int kind, const void *data, Py_ssize_t start, Py_ssize_t end)
{
    uint64_t hash = 0xcbf29ce484222325;      /* FNV-1a */
    Py_UCS4 widest = 0;
    for (Py_ssize_t at = start; at < end; at++) {
        const Py_UCS4 letter = PyUnicode_READ(kind, data, at);
        widest |= letter;
        hash = (hash ^ letter) * 0x100000001b3;
    }
    looked->hash = (uint32_t)(hash ^ hash >> 32);
    looked->head = (Chunk){widest > UINT8_MAX ? 4 : 1, (uint8_t)(end - start), 0};
    for (Py_ssize_t at = start; at < end; at++)
        if (looked->head.width == 1)
            looked->letters.narrow[at - start] = (uint8_t)PyUnicode_READ(kind, data, at);
        else
            looked->letters.wide[at - start] = PyUnicode_READ(kind, data, at);
}

/* How many units of 8 bytes the head and the letters of a chunk take; its codes come behind them. */
static uint32_t
units(const Chunk *head)
{
    return (uint32_t)(sizeof(*head) + (size_t)head->width * head->letters + 7) / 8;
}

static Seat *
seat_of(const Reader *reader, const Looked *looked)
{
    for (uint32_t at = looked->hash & reader->mask;; at = (at + 1) & reader->mask) {
        Seat *seat = &reader->seats[at];
        if (!seat->place)
            return seat;
        if (seat->hash != looked->hash)
            continue;
        const Chunk *head = (const Chunk *)&reader->room[seat->place];
        if (head->width == looked->head.width && head->letters == looked->head.letters
            && !memcmp(head + 1, &looked->letters, (size_t)head->width * head->letters))
            return seat;
    }
}

static int
more_words(Words *words, Py_ssize_t more)
{
    if (words->count + more <= words->room)
        return 0;
    const Py_ssize_t room = 2 * (words->count + more);
    uint64_t *moved = PyMem_Realloc(words->codes, (size_t)room * sizeof(*moved));
    if (!moved) {
        PyErr_NoMemory();
        return -1;
    }
    words->codes = moved;
    words->room = room;
    return 0;
}

/* Remember a chunk with these codes. A reader that is full forgets all. */
static int
remember(Reader *reader, const Looked *looked, const uint64_t *codes, Py_ssize_t count)
{
    if (count > UINT16_MAX)
        return 0;
    if (reader->used >= reader->most) {
        memset(reader->seats, 0, ((size_t)reader->mask + 1) * sizeof(*reader->seats));
        reader->used = 0;
        reader->end = 1;
    }
    Seat *seat = seat_of(reader, looked);
    if (seat->place)      /* another thread was here meanwhile */
        return 0;
    Chunk head = looked->head;
    head.codes = (uint16_t)count;
    if (grow(&reader->room, &reader->size, (size_t)reader->end + units(&head) + (size_t)count, sizeof(*reader->room)))
        return -1;
    Chunk *chunk = (Chunk *)&reader->room[reader->end];
    *chunk = head;
    memcpy(chunk + 1, &looked->letters, (size_t)head.width * head.letters);
    if (count)
        memcpy(&reader->room[reader->end + units(&head)], codes, (size_t)count * sizeof(*codes));
    *seat = (Seat){looked->hash, reader->end};
    reader->end += units(&head) + (uint32_t)count;
    reader->used++;
    return 0;
}

/* Ask for the codes of a chunk. */
static int
learn(Reader *reader, PyObject *text, Py_ssize_t start, Py_ssize_t end, Words *words)
{
    PyObject *chunk = PyUnicode_Substring(text, start, end);
    PyObject *codes = chunk ? PyObject_CallOneArg(reader->learn, chunk) : NULL;
    Py_XDECREF(chunk);
    int failed = !codes;
    if (codes && !PyTuple_Check(codes)) {
        PyErr_SetString(PyExc_TypeError, "the codes of a chunk are a tuple");
        failed = 1;
    }
    failed = failed || more_words(words, PyTuple_GET_SIZE(codes));
    for (Py_ssize_t at = 0; !failed && at < PyTuple_GET_SIZE(codes); at++) {
        words->codes[words->count++] = PyLong_AsUnsignedLongLong(PyTuple_GET_ITEM(codes, at));
        failed = PyErr_Occurred() != NULL;
    }
    Py_XDECREF(codes);
    return failed ? -1 : 0;
}

/* The codes of the words of a text. */
static int
cut(Reader *reader, PyObject *text, Words *words)
{
    const int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    const Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t at = 0, end; at < length; at = end + 1) {
        for (end = at; end < length && !Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, end)); end++)
            continue;
        if (end == at)
            continue;
        Looked looked;
        const int remembered = end - at <= LONGEST_REMEMBERED;
        if (remembered) {
            look(&looked, kind, data, at, end);
            const Seat *seat = seat_of(reader, &looked);
            if (seat->place) {
                const Chunk *chunk = (const Chunk *)&reader->room[seat->place];
                if (!chunk->codes)
                    continue;
                if (more_words(words, chunk->codes))
                    return -1;
                memcpy(&words->codes[words->count], &reader->room[seat->place + units(chunk)], chunk->codes * sizeof(uint64_t));
                words->count += chunk->codes;
                continue;
            }
        }
        const Py_ssize_t before = words->count;
        if (learn(reader, text, at, end, words))
            return -1;
        if (remembered && remember(reader, &looked, &words->codes[before], words->count - before))
            return -1;
    }
    return 0;
}

static uint32_t
hash_of(const Words *words, Py_ssize_t at)
{
    return (uint32_t)(words->codes[at] >> KIND_BITS);
}

/* Does the text say a word of its headline? `scratch` has room for the headline. */
static int
about_itself(const Words *headline, const Words *text, uint32_t *scratch)
{
    Py_ssize_t said = 0;
    for (Py_ssize_t at = 0; at < headline->count; at++)
        if (!(headline->codes[at] & COMMON))
            scratch[said++] = hash_of(headline, at);
    if (!said || !text->count)
        return 1;
    said = distinct(scratch, said);
    for (Py_ssize_t at = 0; at < text->count; at++) {
        const uint32_t hash = hash_of(text, at);
        if (bsearch(&hash, scratch, (size_t)said, sizeof(hash), ascending))
            return 1;
    }
    return 0;
}

/* The groups of three words that begin at words whose hash has none of these bits, sorted, each once. */
static PyObject *
groups_of(const Words *words, Py_ssize_t count, uint32_t sample, uint32_t *scratch)
{
    Py_ssize_t kept = 0;
    for (Py_ssize_t at = 0; at + 2 < count; at++)
        if (!(hash_of(words, at) & sample))
            scratch[kept++] = hash_of(words, at) + 5 * hash_of(words, at + 1) + 25 * hash_of(words, at + 2);
    return packed(scratch, distinct(scratch, kept));
}

/* The first `most` different numbers, sorted. */
static PyObject *
numbers_of(const Words *words, Py_ssize_t count, Py_ssize_t most, uint32_t *scratch)
{
    Py_ssize_t kept = 0;
    for (Py_ssize_t at = 0; at < count && kept < most; at++) {
        if (!(words->codes[at] & NUMBER))
            continue;
        Py_ssize_t seen = 0;
        while (seen < kept && scratch[seen] != hash_of(words, at))
            seen++;
        if (seen == kept)
            scratch[kept++] = hash_of(words, at);
    }
    return packed(scratch, distinct(scratch, kept));
}

/* The function words among the first `count`. */
static PyObject *
common_of(const Words *words, Py_ssize_t count)
{
    PyObject *common = PySet_New(NULL);
    for (Py_ssize_t at = 0; common && at < count && at < words->count; at++) {
        if (!(words->codes[at] & COMMON))
            continue;
        PyObject *code = PyLong_FromUnsignedLongLong(words->codes[at]);
        if (!code || PySet_Add(common, code))
            Py_CLEAR(common);
        Py_XDECREF(code);
    }
    return common;
}

typedef struct {
    uint32_t term, times, named, of_a_year;
} Counted;

typedef struct {
    Counted *all;         /* in the order of their first mention */
    uint32_t *places;     /* a hash table of 1 + a place in `all` */
    uint32_t count, mask;
} Counts;

static void
count_terms(Counts *counts, const Words *words, Py_ssize_t first, uint32_t times)
{
    for (Py_ssize_t at = 0; at < first && at < words->count; at++) {
        const uint64_t code = words->codes[at];
        if (code & COMMON)
            continue;
        const uint32_t term = hash_of(words, at);
        uint32_t slot = term & counts->mask;
        while (counts->places[slot] && counts->all[counts->places[slot] - 1].term != term)
            slot = (slot + 1) & counts->mask;
        if (!counts->places[slot]) {
            counts->all[counts->count] = (Counted){term, 0, 0, 0};
            counts->places[slot] = ++counts->count;
        }
        Counted *counted = &counts->all[counts->places[slot] - 1];
        counted->times += times;
        counted->named += code & (CAPITAL | NUMBER) ? times : 0;
        counted->of_a_year |= (code & YEAR) != 0;
    }
}

/* (terms, weights, names), where `frequent` says what a number of mentions weighs. */
static PyObject *
weighed(const Counts *counts, const Py_buffer *frequent, double name, double of_a_year)
{
    uint32_t *terms = PyMem_Malloc((counts->count + 1) * sizeof(*terms));
    double *weights = PyMem_Malloc((counts->count + 1) * sizeof(*weights));
    PyObject *names = PyFrozenSet_New(NULL), *told = NULL;
    if (!terms || !weights || !names) {
        PyErr_NoMemory();
        goto done;
    }
    for (uint32_t at = 0; at < counts->count; at++) {
        const Counted *one = &counts->all[at];
        if (one->times >= (size_t)frequent->len / sizeof(double)) {
            PyErr_SetString(PyExc_ValueError, "a term is mentioned more often than the table knows");
            goto done;
        }
        terms[at] = one->term;
        weights[at] = ((const double *)frequent->buf)[one->times];
        if (2 * one->named > one->times) {
            PyObject *term = PyLong_FromUnsignedLong(one->term);
            const int failed = !term || PySet_Add(names, term);
            Py_XDECREF(term);
            if (failed)
                goto done;
            weights[at] *= name;
        }
        if (one->of_a_year)
            weights[at] *= of_a_year;
    }
    told = Py_BuildValue("Ny#O", packed(terms, counts->count), (const char *)weights, counts->count * (Py_ssize_t)sizeof(*weights), names);
done:
    PyMem_Free(terms);
    PyMem_Free(weights);
    Py_XDECREF(names);
    return told;
}

static PyObject *
terms_of(const Words *headline, const Words *text, Py_ssize_t first, Py_ssize_t lead, const Py_buffer *frequent,
         double name, double of_a_year)
{
    const Py_ssize_t most = Py_MIN(headline->count, first) + Py_MIN(text->count, Py_MAX(first, lead));
    Counts counts = {NULL, NULL, 0, 15};
    while ((Py_ssize_t)counts.mask < 2 * most)
        counts.mask = 2 * counts.mask + 1;
    counts.all = PyMem_Malloc(((size_t)most + 1) * sizeof(*counts.all));
    counts.places = PyMem_Calloc((size_t)counts.mask + 1, sizeof(*counts.places));
    PyObject *told = NULL;
    if (counts.all && counts.places) {
        count_terms(&counts, headline, first, 2);
        count_terms(&counts, text, first, 1);
        count_terms(&counts, text, lead, 2);
        told = weighed(&counts, frequent, name, of_a_year);
    } else
        PyErr_NoMemory();
    PyMem_Free(counts.all);
    PyMem_Free(counts.places);
    return told;
}

static PyObject *
hashes_of(const Words *words, uint32_t *scratch)
{
    for (Py_ssize_t at = 0; at < words->count; at++)
        scratch[at] = hash_of(words, at);
    return PyBytes_FromStringAndSize((const char *)scratch, words->count * (Py_ssize_t)sizeof(*scratch));
}

PyDoc_STRVAR(read_doc,
    "read(headline, text, (sampled, fewest_groups, most_words, most_numbers), (words, lead, frequent, name, of_a_year), language_words)\n--\n\n"
    "A headline and a text, read once: the hashes of the words of both, whether the text says a word of its headline, the function words\n"
    "at its start, (groups, all groups, numbers) of its sketch, (terms, weights, names).");

static PyObject *
reader_read(Reader *reader, PyObject *args)
{
    PyObject *titled, *written, *told = NULL;
    unsigned int sampled;
    Py_ssize_t fewest_groups, most_words, most_numbers, first, lead, language_words;
    Py_buffer frequent;
    double name, of_a_year;
    if (!PyArg_ParseTuple(args, "UU(Innn)(nny*dd)n:read", &titled, &written, &sampled, &fewest_groups, &most_words, &most_numbers, &first,
            &lead, &frequent, &name, &of_a_year, &language_words))
        return NULL;
    Words headline = {0}, text = {0};
    uint32_t *scratch = NULL;
    if (items(&frequent, sizeof(double)) < 0 || cut(reader, titled, &headline) || cut(reader, written, &text))
        goto done;
    scratch = PyMem_Malloc((size_t)(Py_MAX(headline.count, text.count) + 1) * sizeof(*scratch));
    if (!scratch) {
        PyErr_NoMemory();
        goto done;
    }
    const Words *body = text.count ? &text : &headline;
    const Py_ssize_t looked_at = Py_MIN(body->count, most_words);
    const int every = looked_at - 2 < fewest_groups;
    told = Py_BuildValue("NNNN(NNN)N", hashes_of(&headline, scratch), hashes_of(&text, scratch),
        PyBool_FromLong(about_itself(&headline, &text, scratch)), common_of(body, language_words),
        groups_of(body, looked_at, sampled - 1, scratch), groups_of(body, every ? looked_at : 0, 0, scratch),
        numbers_of(body, looked_at, most_numbers, scratch), terms_of(&headline, &text, first, lead, &frequent, name, of_a_year));
done:
    PyMem_Free(headline.codes);
    PyMem_Free(text.codes);
    PyMem_Free(scratch);
    PyBuffer_Release(&frequent);
    return told;
}

static PyObject *
reader_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(keywords))
{
    PyObject *learn;
    Py_ssize_t most;
    if (!PyArg_ParseTuple(args, "On:Reader", &learn, &most))
        return NULL;
    if (most < 1 || most > 1 << 24) {
        PyErr_SetString(PyExc_ValueError, "a reader remembers some chunks, and not too many");
        return NULL;
    }
    Reader *reader = (Reader *)type->tp_alloc(type, 0);
    if (!reader)
        return NULL;
    reader->learn = Py_NewRef(learn);
    reader->most = (uint32_t)most;
    reader->mask = 1;
    while (reader->mask < 2 * reader->most)
        reader->mask = 2 * reader->mask + 1;
    reader->seats = PyMem_Calloc((size_t)reader->mask + 1, sizeof(*reader->seats));
    reader->end = 1;
    if (!reader->seats) {
        Py_DECREF(reader);
        return PyErr_NoMemory();
    }
    return (PyObject *)reader;
}

static int
reader_traverse(Reader *reader, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(reader));
    Py_VISIT(reader->learn);
    return 0;
}

static int
reader_clear(Reader *reader)
{
    Py_CLEAR(reader->learn);
    return 0;
}

static void
reader_dealloc(Reader *reader)
{
    PyObject_GC_UnTrack(reader);
    reader_clear(reader);
    PyMem_Free(reader->seats);
    PyMem_Free(reader->room);
    PyTypeObject *type = Py_TYPE(reader);
    type->tp_free((PyObject *)reader);
    Py_DECREF(type);
}

static PyMethodDef reader_methods[] = {{"read", (PyCFunction)reader_read, METH_VARARGS, read_doc}, {NULL, NULL, 0, NULL}};

PyDoc_STRVAR(reader_doc,
    "Reader(learn, most)\n--\n\nReads texts. `learn` says which words are in a chunk, what stands between two spaces; `most` are remembered.");

static PyType_Slot reader_slots[] = {
    {Py_tp_doc, (void *)reader_doc}, {Py_tp_new, reader_new}, {Py_tp_dealloc, reader_dealloc}, {Py_tp_traverse, reader_traverse},
    {Py_tp_clear, reader_clear}, {Py_tp_methods, reader_methods}, {0, NULL}};

static PyType_Spec reader_spec = {
    "bot.stories._core.Reader", sizeof(Reader), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, reader_slots};

/* ── tables of terms ────────────────────────────────────────────────────────────────────────────────────────────── */

enum { SHARDS = 64, SHARD_BITS = 6, FIRST_SIZE = 16 };      /* one of many tables grows, so that nothing waits long */
static const uint32_t EMPTY = UINT32_MAX;

typedef struct {
    uint32_t key, value;
} Slot;

typedef struct {
    Slot *slots;          /* open addressing; an empty one has EMPTY as its value */
    uint32_t size, used;
} Table;

static uint32_t
home_of(const Table *table, uint32_t key)
{
    return (uint32_t)((uint64_t)(key << SHARD_BITS) * table->size >> 32);
}

static Table *
table_of(Table *shards, uint32_t key)
{
    return &shards[key >> (32 - SHARD_BITS)];
}

/* The slot of a key, or the empty one where it would be; the table is not full. */
static Slot *
slot_of(const Table *table, uint32_t key)
{
    uint32_t at = home_of(table, key);
    while (table->slots[at].value != EMPTY && table->slots[at].key != key)
        at = at + 1 == table->size ? 0 : at + 1;
    return &table->slots[at];
}

/* The slot of a key that is there; else NULL. */
static Slot *
held(Table *shards, uint32_t key)
{
    const Table *table = table_of(shards, key);
    Slot *slot = table->size ? slot_of(table, key) : NULL;
    return slot && slot->value != EMPTY ? slot : NULL;
}

static int
widen(Table *table)
{
    Table wider = {NULL, table->size ? table->size + table->size / 2 : FIRST_SIZE, table->used};
    wider.slots = PyMem_Malloc((size_t)wider.size * sizeof(Slot));
    if (!wider.slots) {
        PyErr_NoMemory();
        return -1;
    }
    memset(wider.slots, 0xff, (size_t)wider.size * sizeof(Slot));
    for (uint32_t at = 0; at < table->size; at++)
        if (table->slots[at].value != EMPTY)
            *slot_of(&wider, table->slots[at].key) = table->slots[at];
    PyMem_Free(table->slots);
    *table = wider;
    return 0;
}

/* The slot of a key, which is put there with this value if it was not; NULL without memory. */
static Slot *
hold(Table *shards, uint32_t key, uint32_t value)
{
    Table *table = table_of(shards, key);
    if ((uint64_t)4 * table->used >= (uint64_t)3 * table->size && widen(table))
        return NULL;
    Slot *slot = slot_of(table, key);
    if (slot->value == EMPTY) {
        *slot = (Slot){key, value};
        table->used++;
    }
    return slot;
}

/* Empty a slot; those behind it that it kept from their home move up. */
static void
vacate(Table *shards, Slot *slot)
{
    Table *table = table_of(shards, slot->key);
    uint32_t hole = (uint32_t)(slot - table->slots), at = hole;
    for (;;) {
        at = at + 1 == table->size ? 0 : at + 1;
        if (table->slots[at].value == EMPTY)
            break;
        const uint32_t home = home_of(table, table->slots[at].key);
        const uint32_t from_home = (at + table->size - home) % table->size, from_hole = (at + table->size - hole) % table->size;
        if (from_home >= from_hole) {
            table->slots[hole] = table->slots[at];
            hole = at;
        }
    }
    table->slots[hole].value = EMPTY;
    table->used--;
}

static void
free_tables(Table *shards)
{
    for (int shard = 0; shard < SHARDS; shard++)
        PyMem_Free(shards[shard].slots);
}

/* ── weighing ───────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    double weight;
    uint32_t term;
} Weighed;

static int
heavier(const void *one, const void *other)
{
    const Weighed *left = one, *right = other;
    if (left->weight != right->weight)
        return left->weight < right->weight ? 1 : -1;
    return (left->term < right->term) - (left->term > right->term);
}

typedef struct {
    PyObject_HEAD
    Table tables[SHARDS]; /* a term -> in how many articles it stands */
} Times;

/* Count articles with these terms in, or out; of the latter, terms that stand in none are given up. */
static PyObject *
count(Times *times, PyObject *arg, int in)
{
    Py_buffer terms;
    if (PyObject_GetBuffer(arg, &terms, PyBUF_SIMPLE))
        return NULL;
    const Py_ssize_t all = items(&terms, sizeof(uint32_t));
    int failed = all < 0;
    for (Py_ssize_t at = 0; !failed && at < all; at++) {
        const uint32_t term = ((const uint32_t *)terms.buf)[at];
        Slot *slot = in ? hold(times->tables, term, 0) : held(times->tables, term);
        if (in) {
            failed = !slot;
            if (slot)
                slot->value++;
        } else if (slot && --slot->value == 0)
            vacate(times->tables, slot);
    }
    PyBuffer_Release(&terms);
    return failed ? NULL : Py_NewRef(Py_None);
}

PyDoc_STRVAR(times_add_doc, "add(terms)\n--\n\nOne more article has these terms.");

static PyObject *
times_add(Times *times, PyObject *terms)
{
    return count(times, terms, 1);
}

PyDoc_STRVAR(times_remove_doc, "remove(terms)\n--\n\nOne article less has these terms.");

static PyObject *
times_remove(Times *times, PyObject *terms)
{
    return count(times, terms, 0);
}

/* Weigh each term by how rare it is; -1 when a term was not counted. */
static int
weigh(Weighed *all, Py_ssize_t count, const Py_buffer *terms, const Py_buffer *weights, Times *times, const Py_buffer *logs, double every)
{
    for (Py_ssize_t at = 0; at < count; at++) {
        const uint32_t term = ((const uint32_t *)terms->buf)[at];
        const Slot *slot = held(times->tables, term);
        if (!slot || slot->value >= (size_t)logs->len / sizeof(double)) {
            PyErr_SetString(PyExc_KeyError, "a term that was not counted");
            return -1;
        }
        all[at] = (Weighed){((const double *)weights->buf)[at] * (every - ((const double *)logs->buf)[slot->value]), term};
    }
    return 0;
}

PyDoc_STRVAR(heaviest_doc,
    "heaviest(terms, weights, logs, every, kept, unit)\n--\n\n"
    "The `kept` heaviest terms, which were counted, heaviest first, their weights as bytes, at a length of `unit`, and the terms that are\n"
    "left. `logs`: the logarithm of each number of articles, `every`: that of all.");

static PyObject *
times_heaviest(Times *times, PyObject *args)
{
    Py_buffer terms, weights, logs;
    PyObject *told = NULL;
    double every;
    Py_ssize_t kept;
    int unit;
    if (!PyArg_ParseTuple(args, "y*y*y*dni:heaviest", &terms, &weights, &logs, &every, &kept, &unit))
        return NULL;
    Weighed *all = NULL;
    uint32_t *ordered = NULL;
    unsigned char *rounded = NULL;
    const Py_ssize_t count = items(&terms, sizeof(uint32_t));
    if (count < 0 || items(&logs, sizeof(double)) < 0)
        goto done;
    if (items(&weights, sizeof(double)) != count || kept < 0 || unit < 1 || unit > UINT8_MAX) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a weight for each term, and a length of at most a byte");
        goto done;
    }
    all = PyMem_Malloc((size_t)(count + 1) * sizeof(*all));
    ordered = PyMem_Malloc((size_t)(count + 1) * sizeof(*ordered));
    rounded = PyMem_Malloc((size_t)count + 1);
    if (!all || !ordered || !rounded) {
        PyErr_NoMemory();
        goto done;
    }
    if (weigh(all, count, &terms, &weights, times, &logs, every))
        goto done;
    qsort(all, (size_t)count, sizeof(*all), heavier);
    const Py_ssize_t left = Py_MIN(count, kept);
    double square = 0.0;
    for (Py_ssize_t at = 0; at < left; at++)
        square += all[at].weight * all[at].weight;
    const double length = sqrt(square), scale = unit / (length != 0.0 ? length : 1.0);
    for (Py_ssize_t at = 0; at < left; at++)
        rounded[at] = (unsigned char)fmax(1.0, fmin(unit, rint(all[at].weight * scale)));
    for (Py_ssize_t at = 0; at < count; at++)
        ordered[at] = all[at].term;
    told = Py_BuildValue("Ny#N", packed(ordered, left), rounded, left, packed(ordered + left, count - left));
done:
    PyMem_Free(all);
    PyMem_Free(ordered);
    PyMem_Free(rounded);
    PyBuffer_Release(&terms);
    PyBuffer_Release(&weights);
    PyBuffer_Release(&logs);
    return told;
}

static void
times_dealloc(Times *times)
{
    free_tables(times->tables);
    PyTypeObject *type = Py_TYPE(times);
    type->tp_free((PyObject *)times);
    Py_DECREF(type);
}

static PyMethodDef times_methods[] = {
    {"add", (PyCFunction)times_add, METH_O, times_add_doc},
    {"remove", (PyCFunction)times_remove, METH_O, times_remove_doc},
    {"heaviest", (PyCFunction)times_heaviest, METH_VARARGS, heaviest_doc},
    {NULL, NULL, 0, NULL}};

static PyType_Slot times_slots[] = {
    {Py_tp_doc, "Times()\n--\n\nIn how many articles a term stands."}, {Py_tp_dealloc, times_dealloc}, {Py_tp_new, PyType_GenericNew},
    {Py_tp_methods, times_methods}, {0, NULL}};

static PyType_Spec times_spec = {"bot.stories._core.Times", sizeof(Times), 0, Py_TPFLAGS_DEFAULT, times_slots};

PyDoc_STRVAR(common_doc, "common(one, other)\n--\n\nHow many numbers two sorted arrays share.");

static PyObject *
core_common(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer one, other;
    if (!PyArg_ParseTuple(args, "y*y*:common", &one, &other))
        return NULL;
    const Py_ssize_t count = items(&one, sizeof(uint32_t)), counts = items(&other, sizeof(uint32_t));
    const uint32_t *left = one.buf, *right = other.buf;
    Py_ssize_t shared = 0;
    for (Py_ssize_t at = 0, beside = 0; at < count && beside < counts;) {
        const uint32_t a = left[at], b = right[beside];
        shared += a == b;
        at += a <= b;
        beside += b <= a;
    }
    PyBuffer_Release(&one);
    PyBuffer_Release(&other);
    return count < 0 || counts < 0 ? NULL : PyLong_FromSsize_t(shared);
}

/* ── which texts, or stories, have a term ───────────────────────────────────────────────────────────────────────── */

static const uint32_t SEVERAL = (uint32_t)1 << 31;      /* a value that is the place of a list, and not a number */

typedef struct {
    uint32_t *numbers;    /* ascending; NULL where the list is free, and `count` is the next free one */
    uint32_t count, room;
} List;

typedef struct {
    PyObject_HEAD
    Table tables[SHARDS];
    List *lists;
    uint32_t list_count, list_room, free_list;      /* `free_list`: EMPTY for none */
} Postings;

/* A list of two numbers; its place, or EMPTY. */
static uint32_t
new_list(Postings *postings, uint32_t one, uint32_t other)
{
    uint32_t place = postings->free_list;
    if (place == EMPTY && grow(&postings->lists, &postings->list_room, (size_t)postings->list_count + 1, sizeof(List)))
        return EMPTY;
    List list = {NULL, 2, 0};
    if (grow(&list.numbers, &list.room, 2, sizeof(uint32_t)))
        return EMPTY;
    list.numbers[0] = Py_MIN(one, other);
    list.numbers[1] = Py_MAX(one, other);
    if (place == EMPTY)
        place = postings->list_count++;
    else
        postings->free_list = postings->lists[place].count;
    postings->lists[place] = list;
    return place;
}

static void
free_list(Postings *postings, uint32_t place)
{
    PyMem_Free(postings->lists[place].numbers);
    postings->lists[place] = (List){NULL, postings->free_list, 0};
    postings->free_list = place;
}

/* Where a number stands in a list, or would. */
static uint32_t
place_in(const List *list, uint32_t number)
{
    if (list->numbers[list->count - 1] < number)      /* mostly: numbers grow */
        return list->count;
    uint32_t low = 0, high = list->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (list->numbers[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int
add_posting(Postings *postings, uint32_t key, uint32_t number)
{
    Slot *slot = hold(postings->tables, key, number);
    if (!slot)
        return -1;
    if (!(slot->value & SEVERAL)) {
        const uint32_t place = slot->value == number ? 0 : new_list(postings, slot->value, number);
        if (place == EMPTY)
            return -1;
        if (slot->value != number)
            slot->value = place | SEVERAL;
        return 0;
    }
    List *list = &postings->lists[slot->value & ~SEVERAL];
    const uint32_t at = place_in(list, number);
    if (at < list->count && list->numbers[at] == number)
        return 0;
    if (grow(&list->numbers, &list->room, (size_t)list->count + 1, sizeof(uint32_t)))
        return -1;
    memmove(&list->numbers[at + 1], &list->numbers[at], (size_t)(list->count - at) * sizeof(uint32_t));
    list->numbers[at] = number;
    list->count++;
    return 0;
}

static void
remove_posting(Postings *postings, uint32_t key, uint32_t number)
{
    Slot *slot = held(postings->tables, key);
    if (!slot)
        return;
    if (!(slot->value & SEVERAL)) {
        if (slot->value == number)
            vacate(postings->tables, slot);
        return;
    }
    const uint32_t place = slot->value & ~SEVERAL;
    List *list = &postings->lists[place];
    const uint32_t at = place_in(list, number);
    if (at == list->count || list->numbers[at] != number)
        return;
    list->count--;
    memmove(&list->numbers[at], &list->numbers[at + 1], (size_t)(list->count - at) * sizeof(uint32_t));
    if (list->count == 1) {
        slot->value = list->numbers[0];
        free_list(postings, place);
    }
}

/* The arguments (terms, number) of a method; the terms' count, or -1 with nothing to release. */
static Py_ssize_t
terms_and_number(PyObject *args, Py_buffer *terms, uint32_t *number)
{
    Py_ssize_t given;
    if (!PyArg_ParseTuple(args, "y*n", terms, &given))
        return -1;
    const Py_ssize_t count = items(terms, sizeof(uint32_t));
    if (count >= 0 && given >= 0 && given < (Py_ssize_t)SEVERAL) {
        *number = (uint32_t)given;
        return count;
    }
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_OverflowError, "a number has 31 bits");
    PyBuffer_Release(terms);
    return -1;
}

PyDoc_STRVAR(postings_add_doc, "add(terms, number)\n--\n\nThese terms stand in the text or story of this number.");

static PyObject *
postings_add(Postings *postings, PyObject *args)
{
    Py_buffer terms;
    uint32_t number = 0;
    const Py_ssize_t count = terms_and_number(args, &terms, &number);
    if (count < 0)
        return NULL;
    int failed = 0;
    for (Py_ssize_t at = 0; at < count && !failed; at++)
        failed = add_posting(postings, ((const uint32_t *)terms.buf)[at], number);
    PyBuffer_Release(&terms);
    return failed ? NULL : Py_NewRef(Py_None);
}

PyDoc_STRVAR(postings_remove_doc, "remove(terms, number)\n--\n\nThese terms no longer stand there.");

static PyObject *
postings_remove(Postings *postings, PyObject *args)
{
    Py_buffer terms;
    uint32_t number = 0;
    const Py_ssize_t count = terms_and_number(args, &terms, &number);
    if (count < 0)
        return NULL;
    for (Py_ssize_t at = 0; at < count; at++)
        remove_posting(postings, ((const uint32_t *)terms.buf)[at], number);
    PyBuffer_Release(&terms);
    Py_RETURN_NONE;
}

typedef struct {
    uint32_t number, terms;
} Found;

static int
more_terms_then_older(const void *one, const void *other)
{
    const Found *left = one, *right = other;
    if (left->terms != right->terms)
        return left->terms < right->terms ? 1 : -1;
    return (left->number > right->number) - (left->number < right->number);
}

static int
more_terms_then_newer(const void *one, const void *other)
{
    const Found *left = one, *right = other;
    return left->terms == right->terms ? more_terms_then_older(other, one) : more_terms_then_older(one, other);
}

/* What was found, counted and ranked; `numbers` are sorted, `ranked` has room for all. How many there are. */
static Py_ssize_t
rank(const uint32_t *numbers, uint32_t count, uint32_t fewest, int newest, Found *ranked)
{
    Py_ssize_t kept = 0;
    for (uint32_t at = 0, next; at < count; at = next) {
        for (next = at + 1; next < count && numbers[next] == numbers[at]; next++)
            continue;
        if (next - at >= fewest)
            ranked[kept++] = (Found){numbers[at], next - at};
    }
    qsort(ranked, (size_t)kept, sizeof(*ranked), newest ? more_terms_then_newer : more_terms_then_older);
    return kept;
}

PyDoc_STRVAR(postings_most_doc,
    "most(terms, crowd, looked_at, fewest, kept, newest)\n--\n\n"
    "The numbers that have most of these terms, at least `fewest`, at most `kept`; of equals the oldest or the newest first. A term that\n"
    "stands in `crowd` or more finds nothing; when more than `looked_at` were found, the terms that are left are not asked.");

static PyObject *
postings_most(Postings *postings, PyObject *args)
{
    Py_buffer terms;
    Py_ssize_t crowd, looked_at, fewest, kept;
    int newest;
    if (!PyArg_ParseTuple(args, "y*nnnnp:most", &terms, &crowd, &looked_at, &fewest, &kept, &newest))
        return NULL;
    const Py_ssize_t count = items(&terms, sizeof(uint32_t));
    uint32_t *found = NULL, room = 0, seen = 0;
    Found *ranked = NULL;
    PyObject *told = NULL;
    if (count < 0)
        goto done;
    for (Py_ssize_t at = 0; at < count && (Py_ssize_t)seen <= looked_at; at++) {
        const Slot *slot = held(postings->tables, ((const uint32_t *)terms.buf)[at]);
        if (!slot)
            continue;
        const List *list = slot->value & SEVERAL ? &postings->lists[slot->value & ~SEVERAL] : NULL;
        const uint32_t more = list ? list->count : 1;
        if (list && (Py_ssize_t)more >= crowd)
            continue;
        if (grow(&found, &room, (size_t)seen + more, sizeof(*found)))
            goto done;
        memcpy(&found[seen], list ? list->numbers : &slot->value, more * sizeof(*found));
        seen += more;
    }
    ranked = PyMem_Malloc(((size_t)seen + 1) * sizeof(*ranked));
    if (!ranked) {
        PyErr_NoMemory();
        goto done;
    }
    if (seen)
        qsort(found, seen, sizeof(*found), ascending);
    const Py_ssize_t left = Py_MIN(rank(found, seen, (uint32_t)Py_MAX(1, fewest), newest, ranked), Py_MAX(0, kept));
    told = PyList_New(left);
    for (Py_ssize_t at = 0; told && at < left; at++) {
        PyObject *number = PyLong_FromUnsignedLong(ranked[at].number);
        if (number)
            PyList_SET_ITEM(told, at, number);
        else
            Py_CLEAR(told);
    }
done:
    PyMem_Free(found);
    PyMem_Free(ranked);
    PyBuffer_Release(&terms);
    return told;
}

static PyObject *
postings_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    if (PyTuple_GET_SIZE(args) || (keywords && PyDict_GET_SIZE(keywords))) {
        PyErr_SetString(PyExc_TypeError, "Postings() takes no arguments");
        return NULL;
    }
    Postings *postings = (Postings *)type->tp_alloc(type, 0);
    if (postings)
        postings->free_list = EMPTY;
    return (PyObject *)postings;
}

static void
postings_dealloc(Postings *postings)
{
    free_tables(postings->tables);
    for (uint32_t at = 0; at < postings->list_count; at++)
        PyMem_Free(postings->lists[at].numbers);
    PyMem_Free(postings->lists);
    PyTypeObject *type = Py_TYPE(postings);
    type->tp_free((PyObject *)postings);
    Py_DECREF(type);
}

static PyMethodDef postings_methods[] = {
    {"add", (PyCFunction)postings_add, METH_VARARGS, postings_add_doc},
    {"remove", (PyCFunction)postings_remove, METH_VARARGS, postings_remove_doc},
    {"most", (PyCFunction)postings_most, METH_VARARGS, postings_most_doc},
    {NULL, NULL, 0, NULL}};

static PyType_Slot postings_slots[] = {
    {Py_tp_doc, "Postings()\n--\n\nIn which texts, or stories, a term stands."}, {Py_tp_new, postings_new},
    {Py_tp_dealloc, postings_dealloc}, {Py_tp_methods, postings_methods}, {0, NULL}};

static PyType_Spec postings_spec = {"bot.stories._core.Postings", sizeof(Postings), 0, Py_TPFLAGS_DEFAULT, postings_slots};

/* ── the sum of vectors ─────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    uint32_t term, weight;
} Part;

typedef struct {
    PyObject_HEAD
    Part *parts;          /* by term */
    uint32_t count, room;
    unsigned long long square;
} Sum;

/* The place of a term, or where it would stand. */
static uint32_t
part_of(const Sum *sum, uint32_t term)
{
    uint32_t low = 0, high = sum->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (sum->parts[middle].term < term)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The arguments (terms, weights) of a method, a byte for each weight; the terms' count, or -1 with nothing to release. */
static Py_ssize_t
vector(PyObject *args, Py_buffer *terms, Py_buffer *weights)
{
    if (!PyArg_ParseTuple(args, "y*y*", terms, weights))
        return -1;
    const Py_ssize_t count = items(terms, sizeof(uint32_t));
    if (count >= 0 && items(weights, 1) == count)
        return count;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "a weight for each term");
    PyBuffer_Release(terms);
    PyBuffer_Release(weights);
    return -1;
}

PyDoc_STRVAR(sum_add_doc, "add(terms, weights)\n--\n\nAdd a vector; the terms that were not there before.");

static PyObject *
sum_add(Sum *sum, PyObject *args)
{
    Py_buffer terms, weights;
    const Py_ssize_t count = vector(args, &terms, &weights);
    if (count < 0)
        return NULL;
    PyObject *told = NULL;
    Py_ssize_t news = 0;
    uint32_t *added = PyMem_Malloc((size_t)(count + 1) * sizeof(*added));
    if (!added) {
        PyErr_NoMemory();
        goto done;
    }
    if (!sum->count && grow(&sum->parts, &sum->room, (size_t)count, sizeof(Part)))
        goto done;
    for (Py_ssize_t at = 0; at < count; at++) {
        const uint32_t term = ((const uint32_t *)terms.buf)[at], place = part_of(sum, term);
        if (place == sum->count || sum->parts[place].term != term) {
            if (grow(&sum->parts, &sum->room, (size_t)sum->count + 1, sizeof(Part)))
                goto done;
            memmove(&sum->parts[place + 1], &sum->parts[place], (size_t)(sum->count - place) * sizeof(Part));
            sum->parts[place] = (Part){term, 0};
            sum->count++;
            added[news++] = term;
        }
        Part *part = &sum->parts[place];
        const unsigned long long weight = ((const unsigned char *)weights.buf)[at];
        sum->square += weight * (2ULL * part->weight + weight);
        part->weight += (uint32_t)weight;
    }
    told = packed(added, news);
done:
    PyMem_Free(added);
    PyBuffer_Release(&terms);
    PyBuffer_Release(&weights);
    return told;
}

PyDoc_STRVAR(sum_remove_doc, "remove(terms, weights)\n--\n\nTake a vector away, of each term what is there of it; the terms that went.");

static PyObject *
sum_remove(Sum *sum, PyObject *args)
{
    Py_buffer terms, weights;
    const Py_ssize_t count = vector(args, &terms, &weights);
    if (count < 0)
        return NULL;
    PyObject *told = NULL;
    Py_ssize_t lost = 0;
    uint32_t *gone = PyMem_Malloc((size_t)(count + 1) * sizeof(*gone));
    if (gone) {
        for (Py_ssize_t at = 0; at < count; at++) {
            const uint32_t term = ((const uint32_t *)terms.buf)[at], place = part_of(sum, term);
            if (place == sum->count || sum->parts[place].term != term)
                continue;
            const unsigned long long before = sum->parts[place].weight, weight = ((const unsigned char *)weights.buf)[at];
            const unsigned long long left = before > weight ? before - weight : 0;
            sum->square -= before * before - left * left;
            sum->parts[place].weight = (uint32_t)left;
            if (left)
                continue;
            sum->count--;
            memmove(&sum->parts[place], &sum->parts[place + 1], (size_t)(sum->count - place) * sizeof(Part));
            gone[lost++] = term;
        }
        told = packed(gone, lost);
    } else
        PyErr_NoMemory();
    PyMem_Free(gone);
    PyBuffer_Release(&terms);
    PyBuffer_Release(&weights);
    return told;
}

PyDoc_STRVAR(sum_agreeing_doc,
    "agreeing(terms, weights)\n--\n\n"
    "Of the terms of a vector that are there: how many, the sum of the products of both weights, the sum of the vector's squares.");

static PyObject *
sum_agreeing(Sum *sum, PyObject *args)
{
    Py_buffer terms, weights;
    const Py_ssize_t count = vector(args, &terms, &weights);
    if (count < 0)
        return NULL;
    Py_ssize_t shared = 0;
    unsigned long long product = 0, square = 0;
    for (Py_ssize_t at = 0; at < count; at++) {
        const uint32_t term = ((const uint32_t *)terms.buf)[at], place = part_of(sum, term);
        if (place == sum->count || sum->parts[place].term != term)
            continue;
        const unsigned long long weight = ((const unsigned char *)weights.buf)[at];
        shared++;
        product += weight * sum->parts[place].weight;
        square += weight * weight;
    }
    PyBuffer_Release(&terms);
    PyBuffer_Release(&weights);
    return Py_BuildValue("nKK", shared, product, square);
}

static int
heavier_part(const void *one, const void *other)
{
    const Part *left = one, *right = other;
    if (left->weight != right->weight)
        return left->weight < right->weight ? 1 : -1;
    return (left->term > right->term) - (left->term < right->term);
}

static int
earlier_part(const void *one, const void *other)
{
    return ascending(&((const Part *)one)->term, &((const Part *)other)->term);
}

PyDoc_STRVAR(sum_lighten_doc, "lighten(kept)\n--\n\nKeep the heaviest terms, of equals the smaller; those that went.");

static PyObject *
sum_lighten(Sum *sum, PyObject *arg)
{
    const Py_ssize_t given = PyLong_AsSsize_t(arg);
    if (given == -1 && PyErr_Occurred())
        return NULL;
    const uint32_t kept = given >= (Py_ssize_t)sum->count ? sum->count : (uint32_t)Py_MAX(0, given);
    const uint32_t lost = sum->count - kept;
    uint32_t *gone = PyMem_Malloc(((size_t)lost + 1) * sizeof(*gone));
    if (!gone)
        return PyErr_NoMemory();
    if (lost) {
        qsort(sum->parts, sum->count, sizeof(Part), heavier_part);
        for (uint32_t at = 0; at < lost; at++) {
            const Part *part = &sum->parts[kept + at];
            sum->square -= (unsigned long long)part->weight * part->weight;
            gone[at] = part->term;
        }
        sum->count = kept;
        qsort(sum->parts, sum->count, sizeof(Part), earlier_part);
    }
    PyObject *told = packed(gone, lost);
    PyMem_Free(gone);
    return told;
}

PyDoc_STRVAR(sum_terms_doc, "terms()\n--\n\nThe terms, ascending.");

static PyObject *
sum_terms(Sum *sum, PyObject *Py_UNUSED(none))
{
    uint32_t *terms = PyMem_Malloc(((size_t)sum->count + 1) * sizeof(*terms));
    if (!terms)
        return PyErr_NoMemory();
    for (uint32_t at = 0; at < sum->count; at++)
        terms[at] = sum->parts[at].term;
    PyObject *told = packed(terms, sum->count);
    PyMem_Free(terms);
    return told;
}

static Py_ssize_t
sum_length(Sum *sum)
{
    return sum->count;
}

static void
sum_dealloc(Sum *sum)
{
    PyMem_Free(sum->parts);
    PyTypeObject *type = Py_TYPE(sum);
    type->tp_free((PyObject *)sum);
    Py_DECREF(type);
}

static PyMethodDef sum_methods[] = {
    {"add", (PyCFunction)sum_add, METH_VARARGS, sum_add_doc},
    {"remove", (PyCFunction)sum_remove, METH_VARARGS, sum_remove_doc},
    {"agreeing", (PyCFunction)sum_agreeing, METH_VARARGS, sum_agreeing_doc},
    {"lighten", (PyCFunction)sum_lighten, METH_O, sum_lighten_doc},
    {"terms", (PyCFunction)sum_terms, METH_NOARGS, sum_terms_doc},
    {NULL, NULL, 0, NULL}};

static PyMemberDef sum_members[] = {
    {"square", T_ULONGLONG, offsetof(Sum, square), READONLY, "The square of its length."}, {NULL, 0, 0, 0, NULL}};

static PyType_Slot sum_slots[] = {
    {Py_tp_doc, "Sum()\n--\n\nThe sum of the vectors of a story's articles."}, {Py_tp_dealloc, sum_dealloc}, {Py_sq_length, sum_length},
    {Py_tp_new, PyType_GenericNew}, {Py_tp_methods, sum_methods}, {Py_tp_members, sum_members}, {0, NULL}};

static PyType_Spec sum_spec = {"bot.stories._core.Sum", sizeof(Sum), 0, Py_TPFLAGS_DEFAULT, sum_slots};

/* ── the module ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static PyMethodDef functions[] = {
    {"common", core_common, METH_VARARGS, common_doc},
    {NULL, NULL, 0, NULL}};

static int
add_type(PyObject *module, const char *name, PyType_Spec *spec)
{
    PyObject *type = PyType_FromSpec(spec);
    const int failed = !type || PyModule_AddObjectRef(module, name, type);
    Py_XDECREF(type);
    return failed ? -1 : 0;
}

static int
exec_module(PyObject *module)
{
    return add_type(module, "Reader", &reader_spec) || add_type(module, "Times", &times_spec) || add_type(module, "Postings", &postings_spec)
        || add_type(module, "Sum", &sum_spec) ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, exec_module}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_core", "The hot parts of copies and stories, compiled.", 0, functions, module_slots, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit__core(void)
{
    return PyModuleDef_Init(&module);
}
