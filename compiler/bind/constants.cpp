// Constants of the plan: literals of the text, parameters of the request, and values that the
// binder needs to know.
// Every constant is a slot of Plan::parameters; equal ones share it.

#include <cstring>

#include "compiler/bind/binder.h"
#include "compiler/bind/fold_constant.h"

namespace sp::binding {

namespace {

ExpressionPtr parameter_expression(uint32_t slot, Type type, Span span) {
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kParameter;
  expression->slot = slot;
  expression->type = type;
  expression->span = span;
  return expression;
}

}  // namespace

uint32_t Binder::add_parameter(plan::Parameter parameter) {
  plan_.parameters.push_back(std::move(parameter));
  return static_cast<uint32_t>(plan_.parameters.size() - 1);
}

ExpressionPtr Binder::constant(const LiteralImage& image, Span span) {
  std::string key = image.type.name() + ":";
  if (image.type.is(TypeKind::kString)) {
    key += reinterpret_cast<const StringRef*>(image.bytes->data())->view();
  } else {
    key.append(image.bytes->begin(), image.bytes->end());
  }
  const auto [entry, added] = constants_.emplace(std::move(key), 0);
  if (added) {
    entry->second = add_parameter({.source = plan::Parameter::Source::kConstant,
                                   .type = image.type,
                                   .constant = image.bytes,
                                   .owner = image.owner});
  }
  return parameter_expression(entry->second, image.type, span);
}

ExpressionPtr Binder::constant_u64(uint64_t value, Type type, Span span) {
  auto bytes = std::make_shared<std::vector<uint8_t>>(slot_layout(type).size);
  std::memcpy(bytes->data(), &value, bytes->size());
  return constant({type, std::move(bytes), nullptr}, span);
}

ExpressionPtr Binder::literal(const sql::Expr& expr) {
  const LiteralImage image = literal_image(expr.literal);
  const auto found = numbers_.number.find(&expr);
  if (found == numbers_.number.end()) return constant(image, expr.span);
  const auto [entry, added] = literals_.emplace(found->second, 0);
  if (added) {
    entry->second = add_parameter({.source = plan::Parameter::Source::kLiteral,
                                   .type = image.type,
                                   .index = found->second,
                                   .constant = image.bytes,
                                   .owner = image.owner});
  }
  return parameter_expression(entry->second, image.type, expr.span);
}

Result<ExpressionPtr> Binder::hole(const sql::Expr& expr) {
  const auto& parameters = *input_.parameters;
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name != expr.name) continue;
    auto type = parse_type(expr.type_text.empty() ? parameters[i].type : expr.type_text);
    if (!type) return at(std::move(type).error(), expr.span);
    const auto [entry, added] = holes_.emplace(std::pair(i, type->name()), 0);
    if (added) {
      entry->second =
          add_parameter({.source = plan::Parameter::Source::kHole, .type = *type, .index = i});
    }
    return parameter_expression(entry->second, plan_.parameters[entry->second].type, expr.span);
  }
  return fail(ErrorCode::kUnknownQueryParameter, "Substitution is not set: " + expr.name, expr.span,
              "send a value for the parameter `" + expr.name + "`");
}

Result<std::string> Binder::hole_text(const std::string& name, Span span) {
  const auto& parameters = *input_.parameters;
  for (uint32_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name != name) continue;
    specialise({.source = plan::Parameter::Source::kHole, .type = {}, .index = i});
    return parameters[i].text;
  }
  return fail(ErrorCode::kUnknownQueryParameter, "Substitution is not set: " + name, span,
              "send the name as the parameter `" + name + "`");
}

uint32_t Binder::add_sample(plan::Sample sample) {
  plan_.samples.push_back(std::move(sample));
  return static_cast<uint32_t>(plan_.samples.size() - 1);
}

ExpressionPtr Binder::sample_value(uint32_t sample, plan::Parameter::SampleField field, Type type,
                                   Span span) {
  const uint32_t slot = add_parameter({.source = plan::Parameter::Source::kSample,
                                       .type = type,
                                       .index = sample,
                                       .sample_field = field});
  return parameter_expression(slot, type, span);
}

void Binder::specialise(const plan::Parameter& parameter) {
  const auto note = [&](std::vector<uint32_t>& list) {
    if (std::find(list.begin(), list.end(), parameter.index) == list.end())
      list.push_back(parameter.index);
  };
  if (parameter.source == plan::Parameter::Source::kHole) note(plan_.specialised_holes);
  if (parameter.source == plan::Parameter::Source::kLiteral) note(plan_.specialised_literals);
}

const void* Binder::free_value_of(const Expression& expression) const {
  if (expression.kind != Expression::Kind::kParameter) return nullptr;
  const plan::Parameter& parameter = plan_.parameters[expression.slot];
  return parameter.source == plan::Parameter::Source::kConstant ? parameter.constant->data()
                                                                : nullptr;
}

Result<const void*> Binder::value_of(const ExpressionPtr& expression) {
  if (!folder_) {
    folder_ =
        std::make_unique<ConstantFolder>([this](const Expression& leaf) -> Result<const void*> {
          plan::Parameter& parameter = plan_.parameters[leaf.slot];
          specialise(parameter);
          if (parameter.constant) return static_cast<const void*>(parameter.constant->data());
          if (parameter.source != plan::Parameter::Source::kHole) {
            return fail(
                ErrorCode::kIllegalColumn,
                "What is known only when the query runs cannot stand where a constant is needed",
                leaf.span);
          }
          // A hole's text is read as ClickHouse reads a query parameter: CAST of the text to its
          // type.
          const BoundParameter& given = (*input_.parameters)[parameter.index];
          const Type type = parameter.type;  // constant() moves the parameters
          const ExpressionPtr text =
              constant(literal_image(sql::LiteralValue(given.text)), leaf.span);
          SP_TRY(const ExpressionPtr converted, cast(text, type, leaf.span));
          return folder_->evaluate(*converted);
        });
  }
  auto value = folder_->evaluate(*expression);
  if (!value) {  // what reads columns may be known nevertheless, as toTypeName(x) is
    const ExpressionPtr known = folded(expression);
    if (known && known != expression) return folder_->evaluate(*known);
  }
  return value;
}

bool Binder::same_value(const Expression& a, const Expression& b) {
  if (a.kind != Expression::Kind::kParameter || b.kind != Expression::Kind::kParameter)
    return false;
  if (a.slot == b.slot) return true;
  if (a.type != b.type) return false;
  const plan::Parameter& left = plan_.parameters[a.slot];
  const plan::Parameter& right = plan_.parameters[b.slot];
  if (left.source != plan::Parameter::Source::kHole ||
      right.source != plan::Parameter::Source::kHole)
    return false;
  const auto& given = *input_.parameters;
  if (given[left.index].text != given[right.index].text) return false;
  specialise(left);
  specialise(right);
  return true;
}

}  // namespace sp::binding
