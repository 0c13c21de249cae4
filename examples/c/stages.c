// The calls that a distributed engine makes, and all that can go wrong at the boundary, each with its answer asserted.
// Takes the folder of the bundled sample and a number of runs of a small table.

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quilate.h"

#define LIT(text) (text), sizeof(text) - 1

// A table of one column of text, as the smallest producer of a stream there is.
struct producer {
    const char *name;
    const char *const *values;
    int64_t rows;
    int done;
    int *released;
    char *format;
};

struct buffers {
    const void *pointers[3];
    int32_t *offsets;
    char *bytes;
    struct ArrowArray child;
    struct ArrowArray *children[1];
    const void *none[1];
};

static void release_schema(struct ArrowSchema *schema) {
    free(schema->private_data);
    schema->release = NULL;
}

static void release_child(struct ArrowSchema *schema) { schema->release = NULL; }

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    struct producer *producer = stream->private_data;
    struct {
        struct ArrowSchema child;
        struct ArrowSchema *children[1];
    } *memory = calloc(1, sizeof *memory);
    memory->child = (struct ArrowSchema){
        .format = producer->format, .name = producer->name, .flags = ARROW_FLAG_NULLABLE, .release = release_child};
    memory->children[0] = &memory->child;
    *out = (struct ArrowSchema){.format = "+s",
                                .name = "",
                                .n_children = 1,
                                .children = memory->children,
                                .release = release_schema,
                                .private_data = memory};
    return 0;
}

static void release_leaf(struct ArrowArray *array) { array->release = NULL; }

static void release_array(struct ArrowArray *array) {
    struct buffers *memory = array->private_data;
    if (memory->child.release != NULL) {
        memory->child.release(&memory->child);
    }
    free(memory->offsets);
    free(memory->bytes);
    free(memory);
    array->release = NULL;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    struct producer *producer = stream->private_data;
    if (producer->done) {
        *out = (struct ArrowArray){0};
        return 0;
    }
    producer->done = 1;
    struct buffers *memory = calloc(1, sizeof *memory);
    memory->offsets = calloc((size_t)producer->rows + 1, sizeof(int32_t));
    size_t total = 0;
    for (int64_t i = 0; i < producer->rows; i++) {
        total += strlen(producer->values[i]);
        memory->offsets[i + 1] = (int32_t)total;
    }
    memory->bytes = calloc(total + 1, 1);
    for (int64_t i = 0; i < producer->rows; i++) {
        memcpy(memory->bytes + memory->offsets[i], producer->values[i], strlen(producer->values[i]));
    }
    memory->pointers[1] = memory->offsets;
    memory->pointers[2] = memory->bytes;
    memory->child = (struct ArrowArray){
        .length = producer->rows, .n_buffers = 3, .buffers = memory->pointers, .release = release_leaf};
    memory->children[0] = &memory->child;
    *out = (struct ArrowArray){.length = producer->rows,
                               .n_buffers = 1,
                               .n_children = 1,
                               .buffers = memory->none,
                               .children = memory->children,
                               .release = release_array,
                               .private_data = memory};
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return "the producer failed";
}

static void release_stream(struct ArrowArrayStream *stream) {
    struct producer *producer = stream->private_data;
    ++*producer->released;
    free(producer);
    stream->release = NULL;
}

static struct ArrowArrayStream column(const char *name, const char *const *values, int64_t rows, int *released) {
    struct producer *producer = calloc(1, sizeof *producer);
    *producer = (struct producer){.name = name, .values = values, .rows = rows, .released = released, .format = "u"};
    return (struct ArrowArrayStream){get_schema, get_next, get_last_error, release_stream, producer};
}

// Counts the rows of a stream and releases it.
static int64_t drain(struct ArrowArrayStream *stream) {
    struct ArrowSchema schema;
    struct ArrowArray batch;
    int64_t rows = 0;
    assert(stream->get_schema(stream, &schema) == 0);
    schema.release(&schema);
    while (stream->get_next(stream, &batch) == 0 && batch.release != NULL) {
        rows += batch.length;
        batch.release(&batch);
    }
    stream->release(stream);
    return rows;
}

// Asserts how a call fails, and frees its error; the call writes to a variable of that name.
#define EXPECT(call, expected, part)                                                                                  \
    do {                                                                                                              \
        ql_error *error = NULL;                                                                                       \
        ql_status status = (call);                                                                                    \
        check(status, expected, error, part);                                                                         \
    } while (0)

static void check(ql_status status, ql_status expected, ql_error *error, const char *part) {
    size_t len = 0;
    const char *message = ql_error_message(error, &len);
    if (status != expected || ql_error_status(error) != expected || message == NULL || strstr(message, part) == NULL ||
        strlen(message) != len) {
        fprintf(stderr, "status %d, not %d: %s\n", (int)status, (int)expected, message ? message : "no error");
        abort();
    }
    ql_error_free(error);
}

static const char *const NAMES[] = {"Ana Ruiz Gil", "Pau Vila Soler", "Ana Ruiz", ""};
static const char *const BROKEN[] = {"Ana", "\xff\xfe"};

// Misuse has an answer, takes the stream all the same, and leaves outputs alone.
static void misuse(void) {
    int released = 0;
    struct ArrowArrayStream stream = column("name", NAMES, 4, &released);
    EXPECT(ql_table_add_stream(NULL, LIT("crm"), &stream, &error), QL_STATUS_NULL_ARGUMENT, "table");
    assert(released == 1 && stream.release == NULL);
    ql_table *table = ql_table_new();
    EXPECT(ql_table_add_stream(table, LIT("crm"), &stream, &error), QL_STATUS_FORMAT, "released");
    EXPECT(ql_table_add_stream(table, LIT("crm"), NULL, &error), QL_STATUS_NULL_ARGUMENT, "stream");
    stream = column("name", NAMES, 4, &released);
    EXPECT(ql_table_add_stream(table, LIT("\xff"), &stream, &error), QL_STATUS_INVALID_STRING, "name");
    stream = column("name", BROKEN, 2, &released);
    EXPECT(ql_table_add_stream(table, LIT("crm"), &stream, &error), QL_STATUS_FORMAT, "UTF8");
    stream = column("photo", NAMES, 4, &released);
    ((struct producer *)stream.private_data)->format = "z";
    EXPECT(ql_table_add_stream(table, LIT("crm"), &stream, &error), QL_STATUS_FORMAT, "photo");
    // A stream whose error nobody wants to hear.
    stream = column("name", BROKEN, 2, &released);
    assert(ql_table_add_stream(table, LIT("crm"), &stream, NULL) == QL_STATUS_FORMAT && released == 5);
    stream = (struct ArrowArrayStream){0};
    EXPECT(ql_table_add_stream(table, LIT("crm"), &stream, &error), QL_STATUS_FORMAT, "released");
    EXPECT(ql_table_add_csv(table, NULL, 0, LIT("/no/such.csv"), &error), QL_STATUS_IO, "such.csv");
    ql_config *config = (ql_config *)&released;
    EXPECT(ql_config_parse(LIT("threshold = 2"), &config, &error), QL_STATUS_CONFIG, "threshold");
    assert(config == (ql_config *)&released);
    EXPECT(ql_config_parse(LIT("{ \"treshold\": 0.5 }"), &config, &error), QL_STATUS_CONFIG, "treshold");
    EXPECT(ql_config_parse(LIT("id = 'nobody'"), NULL, &error), QL_STATUS_NULL_ARGUMENT, "config");
    ql_result *result = NULL;
    assert(ql_config_parse(LIT("id = 'nobody'"), &config, NULL) == QL_STATUS_OK);
    EXPECT(ql_table_consolidate(table, config, NULL, NULL, 1, NULL, NULL, &result, &error), QL_STATUS_UNKNOWN_FIELD, "nobody");
    EXPECT(ql_result_export(NULL, LIT("golden"), &stream, &error), QL_STATUS_NULL_ARGUMENT, "result");
    ql_config_free(config);
    ql_table_free(table);
    ql_error_free(NULL);
    ql_text_free(NULL);
    ql_result_free(NULL);
    ql_model_free(NULL);
    ql_control_free(NULL);
}

// A run of a small table with everything that comes of it.
static void run(void) {
    ql_error *error = NULL;
    ql_result *result = NULL;
    ql_text *text = NULL;
    int released = 0;
    struct ArrowArrayStream stream = column("name", NAMES, 4, &released);
    ql_table *table = ql_table_new();
    assert(ql_table_add_stream(table, LIT("crm"), &stream, &error) == QL_STATUS_OK && released == 1);
    stream = column("name", NAMES, 4, &released);
    EXPECT(ql_table_add_stream(table, LIT("crm"), &stream, &error), QL_STATUS_CONFIG, "crm");
    assert(ql_table_len(table) == 4);
    assert(ql_table_consolidate(table, NULL, NULL, NULL, 1, NULL, NULL, &result, &error) == QL_STATUS_OK);
    assert(ql_table_len(table) == 0);
    ql_table_free(table);
    EXPECT(ql_result_export(result, LIT("silver"), &stream, &error), QL_STATUS_CONFIG, "golden");
    assert(ql_result_explain(result, LIT("crm"), LIT("1"), LIT("crm"), LIT("3"), &text, &error) == QL_STATUS_OK);
    assert(strstr(ql_text_data(text, NULL), "\"weight\"") != NULL);
    ql_text_free(text);
    EXPECT(ql_result_explain(result, LIT("crm"), LIT("1"), LIT("crm"), LIT("9"), &text, &error), QL_STATUS_UNKNOWN_RECORD, "record");
    assert(ql_result_report(result, &text, &error) == QL_STATUS_OK);
    ql_text_free(text);
    struct ArrowArrayStream golden, xref, again;
    assert(ql_result_export(result, LIT("xref"), &xref, &error) == QL_STATUS_OK);
    assert(ql_result_export(result, LIT("xref"), &again, &error) == QL_STATUS_OK);
    assert(ql_result_export(result, LIT("golden"), &golden, &error) == QL_STATUS_OK);
    // Streams outlive what they came from, and need not be read.
    ql_result_free(result);
    assert(drain(&xref) == 4 && drain(&again) == 4);
    golden.release(&golden);
}

static int stop(const char *stage, double fraction, void *user_data) {
    assert(stage[0] != '\0' && fraction >= 0 && fraction <= 1);
    ++*(int *)user_data;
    return 1;
}

static void add_sample(ql_table *table, const char *folder, const char *name) {
    char path[4096];
    ql_error *error = NULL;
    int len = snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    assert(len > 0 && (size_t)len < sizeof path);
    assert(ql_table_add_csv(table, NULL, 0, path, (size_t)len, &error) == QL_STATUS_OK);
}

static void control(const char *folder) {
    ql_error *error = NULL;
    ql_result *result = NULL;
    ql_control *control = ql_control_new();
    ql_table *table = ql_table_new();
    double fraction = 2;
    add_sample(table, folder, "crm");
    ql_control_cancel(control);
    EXPECT(ql_table_consolidate(table, NULL, NULL, control, 1, NULL, NULL, &result, &error), QL_STATUS_CANCELLED, "cancelled");
    assert(strcmp(ql_control_progress(control, &fraction), "detect") == 0 && fraction == 0);
    ql_control_free(control);
    int calls = 0;
    add_sample(table, folder, "shop");
    ql_status status = ql_table_consolidate(table, NULL, NULL, NULL, 2, stop, &calls, &result, &error);
    // On a fast machine the run is over before it was asked.
    if (status == QL_STATUS_OK) {
        assert(calls <= 2);
        ql_result_free(result);
    } else {
        check(status, QL_STATUS_CANCELLED, error, "cancelled");
    }
    ql_table_free(table);
}

static void stages(const char *folder) {
    ql_error *error = NULL;
    ql_text *text = NULL;
    ql_config *config = NULL;
    int released = 0;
    static const char *const phones[] = {"617 34 59 08", "+34617345908", "n/a"};
    struct ArrowArrayStream in = column("phone", phones, 3, &released), out;
    assert(ql_column_normalize(&in, LIT("phone"), LIT("ES"), NULL, 0, &out, &error) == QL_STATUS_OK);
    assert(drain(&out) == 3 && released == 1);
    in = column("phone", phones, 3, &released);
    EXPECT(ql_column_normalize(&in, LIT("fone"), NULL, 0, NULL, 0, &out, &error), QL_STATUS_CONFIG, "fone");
    assert(released == 2);
    ql_table *table = ql_table_new();
    add_sample(table, folder, "shop");
    assert(ql_config_detect(table, NULL, &config, &error) == QL_STATUS_OK && ql_table_len(table) > 0);
    static const char *const labels[] = {"1"};
    ql_config *labelled = NULL;
    in = column("label", labels, 1, &released);
    EXPECT(ql_config_label(config, &in, &labelled, &error), QL_STATUS_UNKNOWN_FIELD, "source_l");
    assert(in.release == NULL && labelled == NULL);
    assert(ql_config_to_toml(config, &text, &error) == QL_STATUS_OK);
    assert(strstr(ql_text_data(text, NULL), "record_id") != NULL);
    ql_text_free(text);
    in = column("Phone", phones, 3, &released);
    assert(ql_records_key(&in, LIT("shop"), config, 1, &out, &error) == QL_STATUS_OK);
    assert(drain(&out) > 2);
    ql_config_free(config);
    ql_model *model = NULL, *copy = NULL;
    assert(ql_table_train(table, NULL, NULL, 2, NULL, NULL, &model, &error) == QL_STATUS_OK);
    ql_table_free(table);
    assert(ql_model_to_json(model, &text, &error) == QL_STATUS_OK);
    size_t len = 0;
    const char *json = ql_text_data(text, &len);
    assert(ql_model_parse(json, len, &copy, &error) == QL_STATUS_OK);
    ql_text_free(text);
    in = column("Email_l", phones, 3, &released);
    assert(ql_model_score(copy, &in, NULL, 0, LIT("shop"), 1, &out, &error) == QL_STATUS_OK);
    // One side has no column at all: the error comes when the stream is read.
    struct ArrowArray batch;
    assert(out.get_next(&out, &batch) != 0 && strstr(out.get_last_error(&out), "_r") != NULL);
    out.release(&out);
    in = column("Email_l", phones, 3, &released);
    EXPECT(ql_model_score(model, &in, LIT("till"), NULL, 0, 1, &out, &error), QL_STATUS_CONFIG, "shop");
    ql_model_free(model);
    ql_model_free(copy);
    in = column("id_l", phones, 3, &released);
    EXPECT(ql_pairs_cluster(&in, 0, &out, &error), QL_STATUS_UNKNOWN_FIELD, "id_r");
    ql_result *merged = NULL;
    table = ql_table_new();
    add_sample(table, folder, "shop");
    assert(ql_table_merge(table, LIT("Last Name"), NULL, 1, &merged, &error) == QL_STATUS_OK);
    assert(ql_result_export(merged, LIT("golden"), &out, &error) == QL_STATUS_OK && drain(&out) > 10);
    ql_result_free(merged);
    ql_table_free(table);
}

int main(int argc, char **argv) {
    assert(argc == 3);
    assert(ql_abi_version() == QL_ABI_VERSION && ql_has_feature(LIT("golden")) && !ql_has_feature(LIT("teleport")));
    printf("quilate %s\n", ql_version());
    misuse();
    control(argv[1]);
    stages(argv[1]);
    for (int i = atoi(argv[2]); i > 0; i--) {
        run();
    }
    return 0;
}
