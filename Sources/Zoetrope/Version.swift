/// Version of Zoetrope; stands in every recipe.
public let zoetropeVersion = "0.1.0"
